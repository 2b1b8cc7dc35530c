#include "words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace cdiscount::cli {
namespace {

using google::protobuf::Timestamp;

Timestamp At(std::int64_t seconds) {
  Timestamp time;
  time.set_seconds(seconds);
  return time;
}

orders::v1::Money Money(std::int64_t minor, const std::string& currency) {
  orders::v1::Money money;
  money.set_minor_units(minor);
  money.set_currency(currency);
  return money;
}

TEST(Words, WriteEachOrderStatusAndReadItBack) {
  EXPECT_EQ(OrderStatusWord(orders::v1::ORDER_STATUS_IN_PREPARATION), "IN_PREPARATION");
  EXPECT_THAT(OrderStatusWords(), ::testing::Not(::testing::Contains("UNSPECIFIED")));
  for (const auto& word : OrderStatusWords()) EXPECT_EQ(OrderStatusWord(ParseOrderStatus(word)), word);
  EXPECT_EQ(ParseOrderStatus("shipped"), orders::v1::ORDER_STATUS_SHIPPED);
  EXPECT_EQ(ParseOrderStatus("sold"), orders::v1::ORDER_STATUS_UNSPECIFIED);
  // Of a newer contract: proto3 keeps a number that it does not know.
  orders::v1::Order newer;
  ASSERT_TRUE(newer.ParseFromString(std::string("\x28\x63")));  // field 5: 99
  EXPECT_EQ(OrderStatusWord(newer.status()), "status 99");
}

TEST(Words, WriteMoneyWithTheDigitsOfItsCurrency) {
  EXPECT_EQ(MoneyWord(Money(14499, "EUR")), "144.99 EUR");
  EXPECT_EQ(MoneyWord(Money(500, "JPY")), "500 JPY");
  EXPECT_EQ(MoneyWord(Money(0, "EUR")), "0.00 EUR");
  EXPECT_EQ(MoneyWord(Money(5, "")), "0.05");
  EXPECT_EQ(MoneyWord({}), "-");
}

TEST(Words, WriteTimesAndAges) {
  const SysTime now{std::chrono::seconds{1'790'000'000}};

  EXPECT_EQ(TimeWord(At(1'790'000'000)), "2026-09-21T14:13:20Z");
  EXPECT_EQ(TimeWord({}), "-");
  EXPECT_EQ(TimeWord(At(253'402'300'800)), "no time (253402300800 s)");
  EXPECT_EQ(TimeWord(At(std::numeric_limits<std::int64_t>::min())), "no time (-9223372036854775808 s)");
  EXPECT_EQ(AgeWord(At(std::numeric_limits<std::int64_t>::max()), now), "no time (9223372036854775807 s)");
  EXPECT_EQ(AgeWord(At(1'789'999'997), now), "3 s ago");
  EXPECT_EQ(AgeWord(At(1'790'000'012), now), "in 12 s");
  EXPECT_EQ(AgeWord(At(1'789'999'700), now), "5 min ago");
  EXPECT_EQ(AgeWord(At(1'789'982'000), now), "5 h ago");
  EXPECT_EQ(AgeWord(At(1'789'136'000), now), "10 days ago");
  EXPECT_EQ(AgeWord({}, now), "-");
}

}  // namespace
}  // namespace cdiscount::cli
