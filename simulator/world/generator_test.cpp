#include "simulator/world/generator.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace cdiscount::simulator {
namespace {

TEST(GeneratorOnlyShown, WaitsUntilTheLastVersionWasShown) {
  World world;
  world.AddSeller(1, SysTime{});
  auto& record = world.CreateOrder({.seller = 1, .status = OrderStatus::kProcessing}, SysTime{});
  Generator generator{world};
  generator.Start({.changes_per_s = 1000, .only_shown = true}, 1);

  generator.Tick(std::chrono::milliseconds{100}, SysTime{});
  EXPECT_EQ(record.versions, 1U);
  world.ledger().Show(record.visible_seq, "my-shop", 1, SysTime{}, false);
  generator.Tick(std::chrono::milliseconds{100}, SysTime{});
  EXPECT_EQ(record.versions, 2U);
}

}  // namespace
}  // namespace cdiscount::simulator
