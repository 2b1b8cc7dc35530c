#include "values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <limits>
#include <stdexcept>

#include "cdiscount/orders/v1/order_query_service.pb.h"

namespace cdiscount::cli {
namespace {

using orders::v1::KnownOrder;
using orders::v1::ListOrdersRequest;

const SysTime kNow{std::chrono::seconds{1'790'000'000}};

std::optional<std::string> Text(const google::protobuf::Message& message, std::string_view path,
                                std::string_view form = "") {
  return ValueText(FindField(message, path), form, kNow);
}

/// The time zone of this process, while this object lives; UTC afterwards.
class TimeZone {
 public:
  explicit TimeZone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  ~TimeZone() {
    setenv("TZ", "UTC", 1);
    tzset();
  }
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;
};

KnownOrder SeenAt(std::int64_t seconds) {
  KnownOrder known;
  known.mutable_first_seen_at()->set_seconds(seconds);
  return known;
}

KnownOrder Costing(std::int64_t minor, const std::string& currency) {
  KnownOrder known;
  known.mutable_order()->mutable_total_selling_price()->set_minor_units(minor);
  known.mutable_order()->mutable_total_selling_price()->set_currency(currency);
  return known;
}

TEST(Values, AreThoseOfAFieldOrAbsent) {
  KnownOrder known;
  known.mutable_order()->set_order_id("A\x1B");
  known.mutable_order()->set_status(orders::v1::ORDER_STATUS_IN_PREPARATION);

  EXPECT_EQ(Text(known, "order.order_id"), "A\\u001b");
  EXPECT_EQ(Text(known, "order.reference"), std::nullopt);
  EXPECT_EQ(Text(known, "order.status"), "IN_PREPARATION");
  EXPECT_EQ(Text(known, "order.status", "words"), "in preparation");
  EXPECT_EQ(Text(known, "order.business_order"), "off");
  EXPECT_EQ(Text(known, "version"), "0");
  EXPECT_EQ(Text(known, "order.lines", "count"), "0");
  EXPECT_EQ(Text({KnownOrder{}}, "order.status"), std::nullopt);
  EXPECT_THROW(Text(known, "order.colour"), std::logic_error);
  // Of a newer contract: proto3 keeps a number that it does not know.
  ASSERT_TRUE(known.mutable_order()->ParseFromString(std::string("\x28\x63")));  // field 5: 99
  EXPECT_EQ(Text(known, "order.status"), "status 99");
}

TEST(Values, WriteMoneyWithTheDigitsOfItsCurrency) {
  constexpr auto kTotal = "order.total_selling_price";
  EXPECT_EQ(Text(Costing(14499, "EUR"), kTotal), "144.99 EUR");
  EXPECT_EQ(Text(Costing(500, "JPY"), kTotal), "500 JPY");
  EXPECT_EQ(Text(Costing(0, "EUR"), kTotal), "0.00 EUR");
  EXPECT_EQ(Text(Costing(5, ""), kTotal), "0.05");
  EXPECT_EQ(Text(Costing(0, ""), kTotal), std::nullopt);
}

TEST(Values, WriteTimesWithTheirOffset) {
  constexpr auto kSeen = "first_seen_at";
  {
    const TimeZone utc("UTC");
    EXPECT_EQ(Text(SeenAt(1'790'000'000), kSeen), "2026-09-21T14:13:20Z");
  }
  {
    const TimeZone paris("CET-1CEST,M3.5.0,M10.5.0/3");
    EXPECT_EQ(Text(SeenAt(1'790'000'000), kSeen), "2026-09-21T16:13:20+02:00");
    EXPECT_EQ(Text(SeenAt(1'796'000'000), kSeen), "2026-11-30T01:53:20+01:00");
  }
  const TimeZone newfoundland("NST3:30");
  EXPECT_EQ(Text(SeenAt(1'790'000'000), kSeen), "2026-09-21T10:43:20-03:30");
  EXPECT_EQ(Text(SeenAt(0), kSeen), std::nullopt);
  EXPECT_EQ(Text(SeenAt(253'402'300'800), kSeen), "no time (253402300800 s)");
  EXPECT_EQ(Text(SeenAt(std::numeric_limits<std::int64_t>::min()), kSeen), "no time (-9223372036854775808 s)");
}

TEST(Values, WriteAges) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {1'789'999'997, "3 s ago"}, {1'790'000'012, "in 12 s"},     {1'789'999'700, "5 min ago"},
      {1'789'982'000, "5 h ago"}, {1'789'136'000, "10 days ago"}, {253'402'300'800, "no time (253402300800 s)"}};
  for (const auto& [seconds, text] : cases) EXPECT_EQ(Text(SeenAt(seconds), "first_seen_at", "ago"), text);
}

TEST(Values, OfAnEnumAreReadInEitherCase) {
  EXPECT_THAT(WordsOf(*orders::v1::OrderStatus_descriptor()), ::testing::Not(::testing::Contains("UNSPECIFIED")));
  for (const auto& word : WordsOf(*orders::v1::OrderStatus_descriptor())) {
    ListOrdersRequest request;
    SetField(request, "status", word);
    EXPECT_EQ(Text(request, "status"), word);
  }
  ListOrdersRequest request;
  SetField(request, "status", "shipped");
  EXPECT_EQ(request.status(), orders::v1::ORDER_STATUS_SHIPPED);
}

TEST(Values, AreSetByTheTypeOfTheirField) {
  ListOrdersRequest request;
  SetField(request, "account_id", "a \"b\"\n");
  SetField(request, "page_size", "7");
  SetField(request, "changed_since", "2026-10-06T17:30:00+02:00");

  EXPECT_EQ(request.account_id(), "a \"b\"\n");
  EXPECT_EQ(request.page_size(), 7);
  EXPECT_EQ(request.changed_since().seconds(), 1'791'300'600);
}

}  // namespace
}  // namespace cdiscount::cli
