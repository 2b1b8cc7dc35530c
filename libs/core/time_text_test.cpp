#include "core/time_text.hpp"

#include <gtest/gtest.h>

namespace cdiscount {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

struct InstantCase {
  std::string_view text;
  std::string_view same_as;
};

class ParseIso8601Test : public ::testing::TestWithParam<InstantCase> {};

TEST_P(ParseIso8601Test, ReadsEverySpellingAsTheSameUtcInstant) {
  const auto time = ParseIso8601(GetParam().text);

  ASSERT_TRUE(time) << GetParam().text;
  EXPECT_EQ(FormatIso8601(*time), GetParam().same_as);
}

INSTANTIATE_TEST_SUITE_P(Table, ParseIso8601Test,
                         ::testing::Values(InstantCase{"2026-10-06T15:30:00+00:00", "2026-10-06T15:30:00Z"},
                                           InstantCase{"2026-10-06T15:30:00Z", "2026-10-06T15:30:00Z"},
                                           InstantCase{"2026-10-06T17:30:00+02:00", "2026-10-06T15:30:00Z"},
                                           InstantCase{"2026-10-06T00:30:00+0200", "2026-10-05T22:30:00Z"},
                                           InstantCase{"2026-10-06T10:00:00-05:30", "2026-10-06T15:30:00Z"},
                                           InstantCase{"2026-10-06T15:30:00", "2026-10-06T15:30:00Z"},
                                           InstantCase{"2026-10-06 15:30:00", "2026-10-06T15:30:00Z"},
                                           InstantCase{"2026-10-06T15:30:00.5Z", "2026-10-06T15:30:00.500000Z"},
                                           InstantCase{"2026-10-06T15:30:00.1234567+00:00",
                                                       "2026-10-06T15:30:00.123456Z"},
                                           InstantCase{"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z"}));

TEST(ParseIso8601, RefusesWhatIsNoInstant) {
  for (const auto* text : {"", "yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-10-06",
                           "2026-10-06T25:00:00Z", "2026-10-06T15:30:00Zjunk", "2026-10-06T15:30:00.Z"}) {
    EXPECT_FALSE(ParseIso8601(text)) << text;
  }
}

TEST(HttpDate, ReadsWhatItWrites) {
  const SysTime time{seconds{1'791'300'600}};

  EXPECT_EQ(FormatHttpDate(time), "Tue, 06 Oct 2026 15:30:00 GMT");
  EXPECT_EQ(ParseHttpDate(FormatHttpDate(time)), time);
  EXPECT_FALSE(ParseHttpDate("2026-10-06T15:30:00Z"));
}

TEST(HttpDate, IsReadInItsThreeForms) {
  const SysTime now{seconds{1'791'300'600}};
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"Tue, 06 Oct 2026 15:30:00 GMT", "2026-10-06T15:30:00Z"},
      {"Tuesday, 06-Oct-26 15:30:00 GMT", "2026-10-06T15:30:00Z"},
      {"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"},
      {"Wednesday, 06-Oct-76 15:30:00 GMT", "2076-10-06T15:30:00Z"},
      {"Tue Oct  6 15:30:00 2026", "2026-10-06T15:30:00Z"},
      {"Tue Oct 06 15:30:00 2026", "2026-10-06T15:30:00Z"},
      {"Sun Nov 16 08:49:37 1994", "1994-11-16T08:49:37Z"},
  };
  for (const auto& [text, instant] : cases) {
    const auto time = ParseHttpDate(text, now);

    ASSERT_TRUE(time) << text;
    EXPECT_EQ(FormatIso8601(*time), instant) << text;
  }
}

TEST(HttpDate, IsRefusedWhenItIsNone) {
  for (const auto* text :
       {"", "soon", "6", "Tue, 06 Oct 2026 15:30:00", "Tue, 06 Oct 2026 15:30:00 CET",
        "Tuesday, 06-Oct-2026 15:30:00 GMT", "Tue Oct 6 15:30:00 2026", "Tue, 31 Feb 2026 15:30:00 GMT",
        "Tue, 06 Oct 2026 15:30:00 GMT, Tue, 06 Oct 2026 15:30:00 GMT"}) {
    EXPECT_FALSE(ParseHttpDate(text)) << text;
  }
}

}  // namespace
}  // namespace cdiscount
