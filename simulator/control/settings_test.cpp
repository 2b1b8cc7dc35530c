#include <chrono>

#include "simulator/testing/control_test.hpp"

namespace cdiscount::simulator {
namespace {

class ControlSettingsTest : public fakes::ControlTest {};

TEST_F(ControlSettingsTest, IsHealthyAndKnowsTheTime) {
  const auto reply = Get("health");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.at("now").as_string(), "2026-10-06T15:30:00Z");
}

TEST_F(ControlSettingsTest, MovesAndStopsTheClock) {
  Post("clock", R"({"freeze":true,"advance_ms":5000})");
  machine_.Advance(std::chrono::minutes{1});
  EXPECT_EQ(Get("clock").body.at("now").as_string(), "2026-10-06T15:30:05Z");

  Post("clock", R"({"freeze":false,"date_skew_ms":-1500})");
  machine_.Advance(std::chrono::seconds{2});
  const auto reply = Get("clock");
  EXPECT_EQ(reply.body.at("now").as_string(), "2026-10-06T15:30:07Z");
  EXPECT_EQ(reply.body.at("date_skew_ms").as_int64(), -1500);

  Post("clock", R"({"set":"2027-01-01T00:00:00Z"})");
  machine_.Advance(std::chrono::seconds{1});
  EXPECT_EQ(Get("clock").body.at("now").as_string(), "2027-01-01T00:00:01Z");
}

TEST_F(ControlSettingsTest, ReadsAndSetsTheLimitsAndChoices) {
  const auto reply =
      Post("config", R"({"calls_per_window":0,"token_lifetime_s":60,"acceptance_delay_ms":0,"strict_carriers":true})");

  EXPECT_EQ(reply.body.at("calls_per_window").as_int64(), 0);
  EXPECT_EQ(world_.limits.token_lifetime, std::chrono::seconds{60});
  EXPECT_EQ(Get("config").body.at("tokens_per_hour").as_int64(), 500);
  EXPECT_TRUE(world_.choices.strict_carriers);
}

TEST_F(ControlSettingsTest, StartsStopsAndBurstsTheGenerator) {
  Post("seed", R"({"sellers":3})");
  EXPECT_EQ(Post("generate", R"({"orders_per_s":10,"changes_per_s":5,"seed":3})").body.at("running").as_bool(), true);
  for (int i = 0; i < 100; ++i) generator_.Tick(std::chrono::milliseconds{20}, clock_.Now());

  const auto running = Get("generate").body;
  EXPECT_NEAR(static_cast<double>(running.at("orders_made").as_int64()), 20, 1);
  EXPECT_NEAR(static_cast<double>(running.at("changes_made").as_int64()), 10, 1);
  EXPECT_EQ(Call("DELETE", "generate").body.at("running").as_bool(), false);
  generator_.Tick(std::chrono::seconds{10}, clock_.Now());
  EXPECT_LE(world_.orders().records().size(), 21U);

  const auto burst = Post("burst", R"({"orders":7,"changes":4,"sellers":[98980]})").body;
  EXPECT_EQ(burst.at("orders").as_int64(), 7);
  EXPECT_EQ(burst.at("changes").as_int64(), 4);
}

TEST_F(ControlSettingsTest, BurstMakesNoMoreChangesThanOrdersCanBear) {
  Post("seed", "{}");
  AnOrder();

  const auto burst = Post("burst", R"({"changes":100000})").body;
  EXPECT_LT(burst.at("changes").as_int64(), 50);
  EXPECT_EQ(Post("burst", R"({"changes":1})").body.at("changes").as_int64(), 0);
}

}  // namespace
}  // namespace cdiscount::simulator
