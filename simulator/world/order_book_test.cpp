#include "simulator/world/order_book.hpp"

#include <gmock/gmock.h>

#include "core/testing/result_matchers.hpp"
#include "core/time_text.hpp"
#include "simulator/api/order_query.hpp"
#include "simulator/world/world.hpp"

namespace cdiscount::simulator {
namespace {

using cdiscount::fakes::FailsWith;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using enum OrderStatus;

class OrderBookTest : public ::testing::Test {
 protected:
  static constexpr SellerId kSeller = 98979;

  OrderBookTest() { world_.AddSeller(kSeller, now_); }

  std::string Create(milliseconds late_by = {}, milliseconds visible_after = {}) {
    const OrderWish wish{.seller = kSeller, .status = kInPreparation, .lines = 1};
    return world_.CreateOrder(wish, now_, {.visible_after = visible_after, .late_by = late_by}).id();
  }
  void Change(const std::string& id, milliseconds visible_after = {}) {
    ASSERT_TRUE(world_.ChangeOrder(id, {.add_fee_minor = 1}, now_, visible_after));
  }
  std::vector<std::string> Page(OrderQuery query = {}, std::size_t skip_less = 0) {
    world_.Settle(now_);
    std::vector<std::string> ids;
    for (const auto* record : world_.orders().Page(kSeller, query, skip_less)) ids.push_back(record->id());
    return ids;
  }
  static OrderQuery Ascending() { return {.sort = "updatedAt", .descending = false}; }
  std::vector<std::string> PageFor(const std::string& name, const std::string& value) {
    return Page(ParseOrderQuery({{name, value}}).value());
  }

  SysTime now_ = *ParseIso8601("2026-10-06T15:30:00Z");
  World world_{5};
};

TEST_F(OrderBookTest, SortsByTheLastChangeBothWays) {
  const auto a = Create();
  now_ += seconds{1};
  const auto b = Create();
  now_ += seconds{1};
  const auto c = Create();
  now_ += seconds{1};
  Change(a);

  EXPECT_THAT(Page(Ascending()), ElementsAre(b, c, a));
  EXPECT_THAT(Page({.sort = "updatedAt", .descending = true}), ElementsAre(a, c, b));
  EXPECT_THAT(Page({.sort = "createdAt", .descending = false}), ElementsAre(a, b, c));
}

TEST_F(OrderBookTest, TakesBothBoundsOfAWindowIn) {
  const auto a = Create();
  now_ += seconds{1};
  const auto b = Create();
  now_ += seconds{1};
  const auto c = Create();

  auto query = Ascending();
  query.updated_min = now_ - seconds{1};
  EXPECT_THAT(Page(query), ElementsAre(b, c));
  query.updated_max = query.updated_min;
  EXPECT_THAT(Page(query), ElementsAre(b));
  query.updated_min.reset();
  EXPECT_THAT(Page(query), ElementsAre(a, b));
  EXPECT_EQ(world_.orders().Count(kSeller, query), 2U);
}

TEST_F(OrderBookTest, SharesOneStampAmongOrdersOfTheSameSecond) {
  for (int i = 0; i < 5; ++i, now_ += milliseconds{150}) Create();
  auto query = Ascending();
  query.updated_min = query.updated_max = std::chrono::floor<seconds>(now_);

  EXPECT_EQ(Page(query).size(), 5U);
}

TEST_F(OrderBookTest, MovesAnOrderToTheEndOfItsRunWhenItChangesWithinTheSecond) {
  const auto a = Create(), b = Create(), c = Create();

  Change(a);

  EXPECT_THAT(Page(Ascending()), ElementsAre(b, c, a));
}

TEST_F(OrderBookTest, CutsPagesAndEndsWithAnEmptyOne) {
  std::vector<std::string> all;
  for (int i = 0; i < 6; ++i, now_ += seconds{1}) all.push_back(Create());
  auto query = Ascending();
  query.page_size = 3;

  EXPECT_THAT(Page(query), ElementsAre(all[0], all[1], all[2]));
  query.page_index = 2;
  EXPECT_THAT(Page(query), ElementsAre(all[3], all[4], all[5]));
  EXPECT_THAT(Page(query, 1), ElementsAre(all[2], all[3], all[4]));
  query.page_index = 3;
  EXPECT_THAT(Page(query), ElementsAre());
}

TEST_F(OrderBookTest, HidesAVersionUntilItsInstantAndShowsTheOneBefore) {
  const auto id = Create();
  now_ += seconds{1};
  Change(id, minutes{5});
  const auto later = Create({}, minutes{5});

  EXPECT_THAT(Page(Ascending()), ElementsAre(id));
  EXPECT_EQ(world_.orders().Find(id)->visible_version, 1U);
  EXPECT_EQ(world_.orders().FindVisible(kSeller, later), nullptr);

  now_ += minutes{5};
  EXPECT_THAT(Page(Ascending()), ElementsAre(id, later));
  EXPECT_EQ(world_.orders().Find(id)->visible_version, 2U);
}

TEST_F(OrderBookTest, NeverShowsAVersionBeforeItsPredecessor) {
  const auto id = Create();
  Change(id, minutes{5});
  Change(id);

  Page();
  EXPECT_EQ(world_.orders().Find(id)->visible_version, 1U);
  now_ += minutes{5};
  Page();
  EXPECT_EQ(world_.orders().Find(id)->visible_version, 3U);
  EXPECT_EQ(world_.ledger().versions().back().visible_at, now_);
}

TEST_F(OrderBookTest, PutsALateOrderAmongTheOldOnes) {
  const auto a = Create();
  now_ += minutes{60};
  const auto b = Create();
  const auto late = Create(minutes{30});

  EXPECT_THAT(Page(Ascending()), ElementsAre(a, late, b));
  EXPECT_EQ(world_.ledger().versions().back().visible_at, now_);
}

TEST_F(OrderBookTest, StaysExactWhileManyChangesLeaveStaleEntriesBehind) {
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(Create());
  for (int round = 0; round < 100; ++round) {
    now_ += seconds{1};
    for (const auto& id : ids) Change(id);
  }

  EXPECT_EQ(Page(Ascending()), ids);
  EXPECT_EQ(world_.orders().Count(kSeller, {}), 20U);
  EXPECT_EQ(world_.ledger().versions().size(), 20U * 101U);
}

TEST_F(OrderBookTest, FiltersByWhatTheQueryNames) {
  const auto wish = [](OrderWish w) { return w.seller = kSeller, w; };
  const auto b2b = world_.CreateOrder(wish({.status = kShipped, .business = true}), now_).id();
  const auto xdock =
      world_.CreateOrder(wish({.status = kDelivered, .business = false, .supply = SupplyMode::kXdock}), now_).id();
  const auto named =
      world_
          .CreateOrder(
              wish({.status = kAccepted, .business = false, .supply = SupplyMode::kSeller, .reference = "REF-1"}), now_)
          .id();

  EXPECT_THAT(PageFor("businessOrder", "true"), ElementsAre(b2b));
  EXPECT_THAT(PageFor("businessOrder", "1"), ElementsAre(b2b));
  EXPECT_EQ(PageFor("businessOrder", "0").size(), 2U);
  EXPECT_THAT(PageFor("supplyMode", "Xdock"), ElementsAre(xdock));
  EXPECT_THAT(PageFor("reference", "REF-1"), ElementsAre(named));
  EXPECT_THAT(PageFor("status", "Accepted"), ElementsAre(named));
  EXPECT_EQ(PageFor("status", "Accepted,Shipped").size(), 2U);
  EXPECT_THAT(PageFor("status", "Refused"), ElementsAre());
  EXPECT_THAT(PageFor("salesChannelId", "CDISES"), ElementsAre());
  EXPECT_EQ(PageFor("salesChannelId", "CDISFR").size(), 3U);
  const auto country = world_.orders().Find(b2b)->order.shipping_address().at("countryCode").get<std::string>();
  EXPECT_THAT(PageFor("shippingCountry", country), ::testing::Contains(b2b));
  EXPECT_THAT(PageFor("createdAtMin", "2026-10-06T15:30:01Z"), ElementsAre());
  EXPECT_EQ(PageFor("createdAtMax", "2026-10-06T15:30:00Z").size(), 3U);
  EXPECT_EQ(PageFor("shippedAtMin", "2026-10-06T15:29:00Z").size(), 2U)
      << "an order that was never shipped has no instant";
}

TEST(OrderQueryParameters, AreReadAsTheContractNamesThem) {
  const auto query = ParseOrderQuery({{"status", "Accepted,InPreparation"},
                                      {"updatedAtMin", "2026-10-06T00:00:00Z"},
                                      {"updatedAtMax", "2026-10-06T02:00:00+02:00"},
                                      {"supplyMode", "Fulfillment"},
                                      {"businessOrder", "true"},
                                      {"pageIndex", "3"},
                                      {"pageSize", "100"},
                                      {"limit", "5"},
                                      {"offset", "7"}});

  ASSERT_TRUE(query);
  EXPECT_EQ(query->updated_min, query->updated_max);
  EXPECT_EQ(query->filters.size(), 3U) << "status, supplyMode, businessOrder";
  EXPECT_EQ(query->page_index, 3U);
  EXPECT_EQ(query->page_size, 100U) << "limit is ignored on orders";
}

TEST(OrderQueryParameters, SortInEverySpellingThatClientsUse) {
  const struct {
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string field;
    bool descending;
  } rows[] = {{{{"sort", "updatedAt"}}, "updatedAt", false},
              {{{"sort", "asc:updatedAt"}}, "updatedAt", false},
              {{{"sort", "desc:updatedAt"}}, "updatedAt", true},
              {{{"desc", "updatedAt"}}, "updatedAt", true},
              {{{"sort", "createdAt"}, {"desc", "createdAt"}}, "createdAt", true},
              {{{"sort", "createdAt"}, {"desc", "updatedAt"}}, "createdAt", false},
              {{{"sort", "shippedAt"}}, "shippedAt", false},
              {{{"sort", ""}, {"desc", "true"}}, "createdAt", true},
              {{{"sort", "updatedAt"}, {"desc", "createdAt,updatedAt"}}, "updatedAt", false}};
  for (const auto& row : rows) {
    const auto query = ParseOrderQuery(row.parameters);
    ASSERT_TRUE(query);
    EXPECT_EQ(query->sort, row.field);
    EXPECT_EQ(query->descending, row.descending);
  }
}

TEST(OrderQueryParameters, ThatAreWrongAreNamed) {
  const std::pair<std::string, std::string> rows[] = {
      {"status", "WaitingForSellerAcceptation"},
      {"status", "accepted"},
      {"updatedAtMin", "yesterday"},
      {"createdAtMax", "2026-10-06T00:00:00 00:00"},  // an unescaped '+' arrives as a space
      {"pageSize", "101"},
      {"pageSize", "0"},
      {"pageIndex", "0"},
      {"pageIndex", "x"},
      {"sort", "asc:colour"},
      {"desc", "colour"},
      {"supplyMode", "seller"},
      {"businessOrder", "yes"}};
  for (const auto& row : rows) {
    const auto query = ParseOrderQuery({row});
    EXPECT_THAT(query, FailsWith(ErrorCode::kInvalidArgument)) << row.first << "=" << row.second;
    if (!query) {
      EXPECT_EQ(query.error().field, row.first);
    }
  }
}

}  // namespace
}  // namespace cdiscount::simulator
