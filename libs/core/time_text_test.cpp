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

}  // namespace
}  // namespace cdiscount
