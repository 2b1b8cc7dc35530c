#include "marketplace/rest/json_text.hpp"

#include <gtest/gtest.h>

namespace cdiscount::marketplace::rest {
namespace {

TEST(IsBalanced, PairsBracketsOfTheSameKindOutsideOfStrings) {
  for (const auto* text : {"", "1", "{}", "[{}]", R"({"a":"]}\"["})", R"({"a":"\\"})"}) {
    EXPECT_TRUE(IsBalanced(text, 3)) << text;
  }
  for (const auto* text : {"{", "}", "[}", "{]", R"({"a":"})", R"({"a":"\"})", "[[[[]]]]"}) {
    EXPECT_FALSE(IsBalanced(text, 3)) << text;
  }
}

TEST(SplitList, TellsElementsApartWhateverIsInThem) {
  const auto elements = SplitList(
      R"({ "a":{"items":[0]}, "items" : [ {"x":[1,2],"items":[3]} , "a,]\"", nope,, 4 ], "b":"items" })", "items");

  ASSERT_TRUE(elements);
  EXPECT_EQ(*elements, (std::vector<std::string_view>{R"({"x":[1,2],"items":[3]})", R"("a,]\"")", "nope", "", "4"}));
}

TEST(SplitList, GivesNothingWithoutAWholeObjectThatHasTheList) {
  EXPECT_EQ(SplitList(R"({"items":[]})", "items"), std::vector<std::string_view>{});
  EXPECT_EQ(SplitList(R"({"items":[1],"items":[2]})", "items"), std::vector<std::string_view>{"2"});
  for (const auto* text : {"", "[]", "{}", R"(["items",[1]])", R"({"items":{}})", R"({"items":[1])",
                           R"({"items":[1]}})", R"({"items":[1]}{})", R"({"items":[1]} x)", R"({"a":{"items":[1]}})"}) {
    EXPECT_EQ(SplitList(text, "items"), std::nullopt) << text;
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
