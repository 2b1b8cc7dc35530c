#include "telemetry/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>
#include <type_traits>

#include "core/testing/fake_clock.hpp"
#include "core/time_text.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

using Sku = StrongId<struct SkuTag>;

static_assert(!std::is_constructible_v<log::Value, const Secret&>, "a secret must not be loggable");
static_assert(!std::is_constructible_v<log::Value, const Pii&>, "personal data must not be loggable");
static_assert(!std::is_constructible_v<log::Value, char>, "a char is neither a text nor a number");

boost::json::object Parsed(const std::string& line) {
  return boost::json::parse(line).as_object();
}

TEST(Log, WritesOneJsonObjectWithTimeLevelServiceEventAndFields) {
  fakes::CapturedLog captured(log::Level::kDebug, "order-ingest");

  log::Info("order_received", {{"order_id", "A-1"},
                               {"sku", Sku{"S-9"}},
                               {"version", 3},
                               {"size", std::size_t{12}},
                               {"age_seconds", 1.5},
                               {"first", true},
                               {"trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"}});

  ASSERT_THAT(captured.lines(), SizeIs(1));
  auto line = Parsed(captured.lines()[0]);
  EXPECT_TRUE(ParseIso8601(line["ts"].as_string()).has_value()) << line["ts"];
  line.erase("ts");
  EXPECT_EQ(boost::json::value(line), boost::json::parse(R"({
      "level": "info", "service": "order-ingest", "event": "order_received", "order_id": "A-1", "sku": "S-9",
      "version": 3, "size": 12, "age_seconds": 1.5, "first": true, "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"})"));
}

TEST(Log, EscapesWhatWouldBreakALine) {
  fakes::CapturedLog captured;

  log::Warn("answer", {{"body", "a\"b\\c\nd\te\x01\x7F\0f"}, {"a\"key", "v"}});

  ASSERT_THAT(captured.lines(), SizeIs(1));
  EXPECT_THAT(captured.lines()[0], HasSubstr(R"("body":"a\"b\\c\nd\te\u0001\u007f")"));
  EXPECT_THAT(captured.lines()[0], HasSubstr(R"("a\"key":"v")"));
}

TEST(Log, WritesNothingThatSteersATerminal) {
  const fakes::CapturedLog captured;

  log::Info("line", {{"text",
                      "c1\xC2\x9B"
                      "2J bidi\xE2\x80\xAE zero\xE2\x80\x8B caf\xC3\xA9"}});

  EXPECT_THAT(captured.lines()[0], HasSubstr(R"("text":"c1\u009b2J bidi\u202e zero\u200b caf)"
                                             "\xC3\xA9\""));
}

TEST(Log, KeepsUtf8AndReplacesWhatIsNot) {
  fakes::CapturedLog captured;

  log::Info("names", {{"good", "caf\xC3\xA9 \xF0\x9F\x93\xA6"},
                      {"cut", "caf\xC3"},
                      {"overlong", "\xC0\xAF"},
                      {"surrogate", "\xED\xA0\x80"},
                      {"too_large", "\xF4\x90\x80\x80"}});

  ASSERT_THAT(captured.lines(), SizeIs(1));
  auto line = Parsed(captured.lines()[0]);
  EXPECT_EQ(line["good"].as_string(), "caf\xC3\xA9 \xF0\x9F\x93\xA6");
  EXPECT_EQ(line["cut"].as_string(), "caf\xEF\xBF\xBD");
  EXPECT_EQ(line["overlong"].as_string(), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(line["surrogate"].as_string(), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(line["too_large"].as_string(), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Log, WritesNoNumberThatJsonDoesNotKnow) {
  fakes::CapturedLog captured;

  log::Info("ratio", {{"nan", std::numeric_limits<double>::quiet_NaN()},
                      {"inf", std::numeric_limits<double>::infinity()},
                      {"most", std::numeric_limits<std::uint64_t>::max()}});

  auto line = Parsed(captured.lines().at(0));
  EXPECT_TRUE(line["nan"].is_null());
  EXPECT_TRUE(line["inf"].is_null());
  EXPECT_EQ(line["most"].as_uint64(), std::numeric_limits<std::uint64_t>::max());
}

TEST(Log, LeavesOutWhatIsBelowTheLevel) {
  fakes::CapturedLog captured(log::Level::kWarn);

  log::Debug("step");
  log::Info("fact");
  log::Warn("odd");
  log::Fatal("end");

  ASSERT_THAT(captured.lines(), SizeIs(2));
  EXPECT_THAT(captured.lines()[0], HasSubstr(R"("level":"warn")"));
  EXPECT_THAT(captured.lines()[1], HasSubstr(R"("level":"fatal")"));
}

TEST(LimitedLog, WritesOneLinePerIntervalAndSaysHowManyItHeldBack) {
  fakes::CapturedLog captured;
  fakes::FakeClock clock;
  log::Limited limited(std::chrono::seconds{10}, clock);

  for (int attempt = 0; attempt < 5; ++attempt) limited.Warn("kafka_away", {{"attempt", attempt}});
  clock.Advance(std::chrono::seconds{10});
  limited.Warn("kafka_away", {{"attempt", 5}});
  clock.Advance(std::chrono::seconds{10});
  limited.Warn("kafka_away", {{"attempt", 6}});

  ASSERT_THAT(captured.lines(), SizeIs(3));
  EXPECT_THAT(captured.lines()[0], ::testing::Not(HasSubstr("held_back")));
  EXPECT_THAT(captured.lines()[1], HasSubstr(R"("attempt":5,"held_back":4)"));
  EXPECT_THAT(captured.lines()[2], ::testing::Not(HasSubstr("held_back")));
}

}  // namespace
}  // namespace cdiscount
