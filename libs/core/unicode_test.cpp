#include "core/unicode.hpp"

#include <gmock/gmock.h>

#include "core/testing/result_matchers.hpp"

namespace cdiscount {
namespace {

using fakes::FailsWith;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::string_literals;

TEST(EscapeInvisible, LeavesNothingThatSteersATerminal) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"plain \\ caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "plain \\ caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
      {"a\x1B[31mred", "a\\u001b[31mred"},
      {"bell\a\b\0nul"s, "bell\\u0007\\u0008\\u0000nul"},
      {"two\nlines\r\n\ta tab", "two\\nlines\\r\\n\\ta tab"},
      {"del\x7F", "del\\u007f"},
      {"c1\xC2\x9B"
       "2J",
       "c1\\u009b2J"},
      {"bidi \xE2\x80\xAE"
       "cod.exe \xE2\x81\xA6 \xE2\x80\x8F \xD8\x9C",
       "bidi \\u202ecod.exe \\u2066 \\u200f \\u061c"},
      {"zero\xE2\x80\x8Bwidth\xEF\xBB\xBF", "zero\\u200bwidth\\ufeff"},
      {"line\xE2\x80\xA8separator", "line\\u2028separator"},
      {"tag\xF3\xA0\x81\x81", "tag\\udb40\\udc41"},
      {"latin1 \xE9t\xE9", "latin1 \\xe9t\\xe9"},
      {"raw c1 \x9B", "raw c1 \\x9b"},
      {"overlong \xC0\xAF surrogate \xED\xA0\x80 cut \xE2\x82",
       "overlong \\xc0\\xaf surrogate \\xed\\xa0\\x80 cut \\xe2\\x82"},
  };
  for (const auto& [text, shown] : cases) {
    EXPECT_EQ(EscapeInvisible(text), shown);
    EXPECT_EQ(EscapeInvisible(shown), shown) << "escaping twice changes nothing";
  }
}

TEST(CleanInput, TakesOffWhatCannotBeSeenAtTheEnds) {
  for (const auto& text : {
           "hunter2"s,
           "hunter2\n"s,
           "hunter2\r\n"s,
           "\n\t hunter2 \n\n"s,
           "\xEF\xBB\xBFhunter2"s,
           "hunter2\xC2\xA0"s,
           "hunter2\xE2\x80\x8B"s,
           "\xE2\x80\x8B\xE2\x81\xA0hunter2\xE2\x80\x8D\xE2\x80\xAF"s,
           "hunter2\xE3\x80\x80"s,
           "hunter2\xC2\xAD\xEF\xB8\x8F"s,
           "hunter2\0"s,
           "\xE2\x80\xAAhunter2\xE2\x80\xAC"s,
       }) {
    EXPECT_EQ(CleanInput(text), "hunter2") << EscapeInvisible(text);
  }
  EXPECT_EQ(CleanInput("\n \xC2\xA0"), "");
}

TEST(CleanInput, KeepsEverythingThatCanBeSeen) {
  std::string printable = "!";
  for (char c = ' '; c <= '~'; ++c) printable += c;

  EXPECT_EQ(CleanInput(printable), printable);
  EXPECT_EQ(CleanInput("\xC3\xA9t\xC3\xA9 \xF0\x9F\x98\x80"), "\xC3\xA9t\xC3\xA9 \xF0\x9F\x98\x80");
}

TEST(CleanInput, RefusesWhatCannotBeSeenInsideByNameAndPlace) {
  const std::pair<std::string, std::string> cases[] = {
      {"hun\xE2\x80\x8Bter2", "U+200B, which cannot be seen, at position 4"},
      {"hun\xC2\xA0ter2", "U+00A0, which cannot be seen, at position 4"},
      {"hun\nter2", "U+000A, which cannot be seen, at position 4"},
      {"hun\0ter2"s, "U+0000, which cannot be seen, at position 4"},
      {"h\xC3\xA9n\xEF\xBB\xBFter2", "U+FEFF, which cannot be seen, at position 4"},
      {"hun\xF3\xA0\x81\x81ter2", "U+E0041, which cannot be seen, at position 4"},
      {"hun\xE9ter2", "the byte 0xe9, which is not UTF-8, at position 4"},
      {"\xFF\xFEh\0u\0"s, "the byte 0xff, which is not UTF-8, at position 1"},
  };
  for (const auto& [text, named] : cases) {
    const auto clean = CleanInput(text);

    ASSERT_THAT(clean, FailsWith(ErrorCode::kInvalidArgument)) << named;
    EXPECT_THAT(clean.error().message, AllOf(HasSubstr(named), Not(HasSubstr("hun")), Not(HasSubstr("ter2"))));
  }
}

}  // namespace
}  // namespace cdiscount
