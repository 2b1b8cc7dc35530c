#include "http/retry_after.hpp"

#include <gtest/gtest.h>

#include "core/time_text.hpp"

namespace cdiscount::http {
namespace {

using namespace std::chrono_literals;

const SysTime kNow = ParseIso8601("2026-10-06T15:30:00Z").value();

TEST(RetryAfter, IsReadInEveryFormThatNamesAWait) {
  const std::pair<std::string_view, std::chrono::milliseconds> cases[] = {
      {"6", 6s},
      {"0", 0s},
      {" 6 ", 6s},
      {"6.5", 6500ms},
      {"6.", 6s},
      {"0.0004", 0s},
      {"6, 6", 6s},
      {"6,60", 60s},
      {"60, soon", 60s},
      {"86401", 24h},
      {"99999999999999999999999999", 24h},
      {"Tue, 06 Oct 2026 15:30:05 GMT", 5s},
      {"Tuesday, 06-Oct-26 15:30:05 GMT", 5s},
      {"Tue Oct  6 15:30:05 2026", 5s},
      {"Tue, 06 Oct 2026 15:30:05 GMT, Tue, 06 Oct 2026 15:30:07 GMT", 7s},
      {"3, Tue, 06 Oct 2026 15:30:05 GMT", 5s},
      {"Tue, 06 Oct 2026 15:29:00 GMT", 0s},
      {"Wed, 06 Oct 2027 15:30:00 GMT", 24h},
  };
  for (const auto& [text, wait] : cases) EXPECT_EQ(ParseRetryAfter(text, kNow), wait) << text;
}

TEST(RetryAfter, IsAbsentWhenItNamesNoWait) {
  for (const auto* text :
       {"", " ", ",", "soon", "-6", "+6", "1e3", "6s", ".", "6.5.1", "NaN", "inf", "0x10", "2026-10-06"}) {
    EXPECT_FALSE(ParseRetryAfter(text, kNow)) << text;
  }
}

TEST(RetryAfter, EndsAtTheLongestWaitThatTheCallerTakes) {
  EXPECT_EQ(ParseRetryAfter("120", kNow, 60s), 60s);
}

}  // namespace
}  // namespace cdiscount::http
