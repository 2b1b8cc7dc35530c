#include "simulator/world/order.hpp"

#include <gmock/gmock.h>

#include <set>

#include "core/testing/result_matchers.hpp"
#include "core/time_text.hpp"
#include "simulator/world/order_factory.hpp"
#include "simulator/world/world.hpp"

namespace cdiscount::simulator {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::Succeeds;
using enum OrderStatus;

const SysTime kNow = *ParseIso8601("2026-10-06T15:30:00.75Z");

Order AnOrder(OrderStatus status, int lines = 1) {
  return OrderFactory{1}.Make({.seller = 98979, .status = status, .lines = lines}, true, kNow);
}

TEST(OrderStatusNames, AreTheNineOfTheContractAndReadBack) {
  std::vector<std::string_view> names;
  for (const auto status : kAllStatuses) {
    names.push_back(ToText(status));
    EXPECT_EQ(ParseOrderStatus(ToText(status)), status);
  }

  EXPECT_THAT(names, ::testing::ElementsAre("Processing", "WaitingAcceptance", "Accepted", "Refused", "InPreparation",
                                            "Shipped", "Delivered", "Cancelled", "Rejected"));
  EXPECT_EQ(ParseOrderStatus("WaitingForSellerAcceptation"), std::nullopt);
}

TEST(OrderLifecycle, FollowsTheMainPathWithAndWithoutManualAcceptance) {
  std::vector<OrderStatus> manual{kProcessing}, automatic{kProcessing};
  while (const auto next = NextOnMainPath(manual.back(), false)) manual.push_back(*next);
  while (const auto next = NextOnMainPath(automatic.back(), true)) automatic.push_back(*next);

  EXPECT_THAT(manual,
              ::testing::ElementsAre(kProcessing, kWaitingAcceptance, kAccepted, kInPreparation, kShipped, kDelivered));
  EXPECT_THAT(automatic, ::testing::ElementsAre(kProcessing, kInPreparation, kShipped, kDelivered));
}

TEST(OrderLifecycle, EndsInRefusedRejectedAndCancelled) {
  for (const auto end : {kRefused, kRejected, kCancelled}) {
    for (const auto to : kAllStatuses) EXPECT_FALSE(MayMove(end, to)) << ToText(end) << " to " << ToText(to);
  }
}

TEST(OrderChange, IsRefusedWhenTheLifecycleForbidsItUnlessForced) {
  auto order = AnOrder(kShipped);
  const auto before = order.shown;

  EXPECT_THAT(Apply(order, {.status = kWaitingAcceptance}, kNow), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(order.shown, before);
  EXPECT_THAT(Apply(order, {.status = kWaitingAcceptance, .force = true}, kNow), Succeeds());
}

TEST(OrderChange, ThatChangesNothingIsNoVersion) {
  auto order = AnOrder(kShipped);

  EXPECT_THAT(Apply(order, {.status = kShipped}, kNow), FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(Apply(order, {.cancel_line = 7}, kNow), FailsWith(ErrorCode::kInvalidArgument));
}

TEST(OrderChange, StampsWholeSecondsThatNeverGoBack) {
  auto order = AnOrder(kInPreparation);

  ASSERT_TRUE(Apply(order, {.add_fee_minor = 10}, kNow + std::chrono::milliseconds{1300}));
  EXPECT_EQ(FormatIso8601(order.updated_at()), "2026-10-06T15:30:02Z");
  ASSERT_TRUE(Apply(order, {.add_fee_minor = 10}, kNow - std::chrono::hours{1}));
  EXPECT_EQ(FormatIso8601(order.updated_at()), "2026-10-06T15:30:02Z");
}

TEST(OrderChange, ReleasesTheAddressFromInPreparationOn) {
  auto order = AnOrder(kAccepted);
  EXPECT_FALSE(order.lines()[0].contains("shippingAddress"));

  ASSERT_TRUE(Apply(order, {.status = kInPreparation}, kNow));

  EXPECT_TRUE(order.lines()[0].contains("shippingAddress"));
}

TEST(OrderChange, LeavesACancelledLineBehindWhenTheOrderMovesOn) {
  auto order = AnOrder(kInPreparation, 3);
  ASSERT_TRUE(Apply(order, {.cancel_line = 1}, kNow));

  ASSERT_TRUE(Apply(order, {.status = kShipped}, kNow));

  EXPECT_EQ(LineStatus(order.lines()[0]), kShipped);
  EXPECT_EQ(LineStatus(order.lines()[1]), kCancelled);
  EXPECT_TRUE(order.lines()[1].at("parcels").empty());
  EXPECT_EQ(LineStatus(order.lines()[2]), kShipped);
  EXPECT_EQ(order.parcels(), 2U);
}

TEST(OrderChange, MakesEveryVersionOfALifeDistinguishable) {
  World world;
  world.AddSeller(98979, kNow).auto_accept_order = false;
  for (int orders = 0; orders < 200; ++orders) {
    auto& record = world.CreateOrder({.seller = 98979, .status = kProcessing}, kNow);
    for (int changes = 0; changes < 12; ++changes) {
      ASSERT_TRUE(world.ChangeOrder(record.id(), world.NextChange(record.order), kNow));
    }
  }

  std::set<std::tuple<std::string, OrderStatus, std::vector<OrderStatus>, std::int64_t, std::size_t>> seen;
  for (const auto& version : world.ledger().versions()) {
    seen.emplace(version.order_id, version.status, version.line_statuses, version.total_minor, version.parcels);
  }
  EXPECT_EQ(seen.size(), 200U * 13U);
}

TEST(OrderFactory, DrawsTheSameOrdersFromTheSameSeed) {
  OrderFactory one{42}, two{42}, other{43};
  bool differs = false;
  for (int i = 0; i < 50; ++i) {
    const auto order = one.Make({.seller = 98979}, true, kNow);
    EXPECT_EQ(order.shown, two.Make({.seller = 98979}, true, kNow).shown);
    differs |= order.shown != other.Make({.seller = 98979}, true, kNow).shown;
  }
  EXPECT_TRUE(differs);
}

TEST(OrderFactory, DrawsTheKindsOfOrdersThatReadersTripOver) {
  OrderFactory factory{7};
  int no_reference = 0, no_gtin = 0, business = 0, pickup = 0, others_ship = 0, several_lines = 0, fees = 0,
      no_deadline = 0;
  std::set<std::string> ids;
  for (int i = 0; i < 2000; ++i) {
    const auto order = factory.Make({.seller = 98979}, i % 2 == 0, kNow);
    const auto& line = order.lines().front();
    ids.insert(order.id());
    no_reference += order.shown.at("reference").is_null();
    no_gtin += line.at("offer").at("productGtin").is_null();
    business += order.shown.at("businessOrder") && order.shown.at("billingAddress").at("companyName").is_string();
    pickup += order.shipping_address().at("pickupId").is_string();
    others_ship += line.at("offer").at("supplyMode") != "Seller";
    several_lines += order.lines().size() > 1;
    fees += !order.shown.at("serviceFees").empty();
    no_deadline += order.shown.at("shippedAtMax").is_null();
  }
  EXPECT_EQ(ids.size(), 2000U);
  for (const int count : {no_reference, no_gtin, business, pickup, others_ship, several_lines, fees, no_deadline}) {
    EXPECT_GT(count, 20);
    EXPECT_LT(count, 1000);
  }
}

}  // namespace
}  // namespace cdiscount::simulator
