#include "marketplace/rest/json_text.hpp"

#include <gtest/gtest.h>

namespace cdiscount::marketplace::rest {
namespace {

TEST(IsBalanced, PairsBracketsOfTheSameKindOutsideOfStrings) {
  for (const auto* text : {"", "1", "{}", "[{}]", R"({"a":"]}\"["})", R"({"a":"\\"})"}) {
    EXPECT_TRUE(IsBalanced(text, 3)) << text;
  }
  for (const auto* text : {"{", "}", "[}", "{]", R"({"a":"})", R"({"a":"\"})", "[[[[]]]]", "{}{}", "[] x"}) {
    EXPECT_FALSE(IsBalanced(text, 3)) << text;
  }
}

using Elements = std::vector<std::string_view>;

TEST(ScanList, TellsElementsApartWhateverIsInThem) {
  const auto list = ScanList(
      R"({ "a":{"items":[0]}, "items" : [ {"x":[1,2],"items":[3]} , "a,]\"", nope,, 4 ], "b":"items" })", "items");

  ASSERT_TRUE(list);
  EXPECT_FALSE(list->cut);
  EXPECT_EQ(list->elements, (Elements{R"({"x":[1,2],"items":[3]})", R"("a,]\"")", "nope", "", "4"}));
}

TEST(ScanList, GivesNothingWhenNoSuchListBegins) {
  EXPECT_EQ(ScanList(R"({"items":[]})", "items")->elements, Elements{});
  EXPECT_EQ(ScanList(R"({"items":[1],"items":[2]})", "items")->elements, Elements{"2"});
  for (const auto* text : {"", "[]", "{}", R"(["items",[1]])", R"({"items":{}})", R"({"items":null})", R"({"items")",
                           R"({"a":{"items":[1]}})", R"({"a":[}]})"}) {
    EXPECT_FALSE(ScanList(text, "items")) << text;
  }
}

TEST(ScanList, KeepsTheElementsBeforeABreakAndTheTextFromThereOn) {
  struct Case {
    std::string text;
    Elements elements;
    std::string rest;
  };
  const std::vector<Case> cases = {
      {R"({"items":[)", {}, ""},
      {R"({"items":[{"a":1)", {}, R"({"a":1)"},
      {R"({"items":[{"a":1},{"b")", {R"({"a":1})"}, R"({"b")"},
      {R"({"items":[{"a":1},{"b":2})", {R"({"a":1})", R"({"b":2})"}, ""},
      {R"({"items":[1,2)", {"1"}, "2"},
      {R"({"items":[{"a":1},)", {R"({"a":1})"}, ""},
      {R"({"items":[{"a":1}],"n":1)", {R"({"a":1})"}, R"(,"n":1)"},
      {R"({"items":[1]}})", {"1"}, "}}"},
      {R"({"items":[1]} x)", {"1"}, "} x"},
      {R"({"items":[{"a":1},{"b":"24" screen"},{"c":3}]})", {R"({"a":1})"}, R"({"b":"24" screen"},{"c":3}]})"},
      {R"({"items":[{"a":1},{"b":2}},{"c":3}]})", {R"({"a":1})"}, R"({"b":2}},{"c":3}]})"},
      {R"({"items":[{"a":1},{"b":[2,{"c":3]}]})", {R"({"a":1})"}, R"({"b":[2,{"c":3]}]})"},
      {R"({"items":[{"a":1},{"b":2}{"c":3}]})", {R"({"a":1})"}, R"({"b":2}{"c":3}]})"},
      {R"({"items":[{"a":1},{"b":2}"c",3]})", {R"({"a":1})"}, R"({"b":2}"c",3]})"},
  };
  for (const auto& given : cases) {
    const auto list = ScanList(given.text, "items");
    ASSERT_TRUE(list) << given.text;
    EXPECT_TRUE(list->cut) << given.text;
    EXPECT_EQ(list->elements, given.elements) << given.text;
    EXPECT_EQ(list->rest, given.rest) << given.text;
  }
}

TEST(IsJsonNumber, FollowsRfc8259) {
  for (const auto* text : {"0", "-0", "12", "4.9", "1e2", "1E+2", "-3.25e-10", "1e999"})
    EXPECT_TRUE(IsJsonNumber(text)) << text;
  for (const auto* text : {"", "-", "01", ".5", "5.", "1e", "+1", "1 ", " 1", "0x1", "NaN", "1,5"}) {
    EXPECT_FALSE(IsJsonNumber(text)) << text;
  }
}

TEST(UnescapeLeniently, ReplacesOnlyWhatCannotBeUnescaped) {
  EXPECT_EQ(UnescapeLeniently(R"("caf\u00e9 \ud83d\ude00 \"\\\/\b\f\n\r\t")"), "café 😀 \"\\/\b\f\n\r\t");
  EXPECT_EQ(UnescapeLeniently(R"("cut \ud83d")"), "cut \uFFFD");
  EXPECT_EQ(UnescapeLeniently(R"("\ude00\ud83d\u0041")"), "\uFFFD\uFFFDA");
  EXPECT_EQ(UnescapeLeniently(R"("\q\u12")"), "\uFFFD\uFFFD12");
}

TEST(FindText, FindsATextInBrokenJson) {
  EXPECT_EQ(FindText(R"({"a" "orderId" : "A-1", "x")", "orderId"), "A-1");
  EXPECT_EQ(FindText(R"({"orderId":7,"b":{"orderId":"B-1"}})", "orderId"), "B-1");
  EXPECT_EQ(FindText(R"({"orderId":"never ends)", "orderId"), "");
  EXPECT_EQ(FindText(R"({"orderId")", "orderId"), "");
}

}  // namespace
}  // namespace cdiscount::marketplace::rest
