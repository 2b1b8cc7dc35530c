#include "api/order_query_api.hpp"

#include <set>

#include "cdiscount/orders/v1/order_query_service.grpc.pb.h"
#include "rows/sync_views.hpp"
#include "rpc/client.hpp"
#include "rpc/testing/in_process_server.hpp"
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace pb = cdiscount::orders::v1;
using Stub = pb::OrderQueryService::Stub;
using cdiscount::fakes::RunTask;
using fakes::AnOrder;
using fakes::FailsWith;
using fakes::kNoon;
using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class OrderQueryApiTest : public fakes::IngestTest {
 protected:
  OrderQueryApiTest() {
    Connect("account-1", "Lamps", "98979");
    Connect("account-2", "Sofas", "98980");
  }

  void Connect(const std::string& id, const std::string& name, const std::string& seller) {
    Announce(1, true, 1, id, name, seller);
  }

  // One order per page, so that each has a change instant of its own.
  void Ingest(const std::string& account, std::vector<pb::Order> orders) {
    for (auto& lease : Due().rows) {
      for (const auto& order : orders) {
        if (lease.who.account.value() != account) continue;
        marketplace::ObservedOrder observed{order, {}, {}};
        observed.order.clear_seller_id();
        auto taken = Take(observed, lease.who, fingerprints_);
        ASSERT_THAT(taken, Succeeds());
        ASSERT_THAT(Save(lease, {std::move(*taken)}), Succeeds());
      }
      ASSERT_THAT(End(lease), Succeeds());
    }
  }
  void SetAsideOfEach(const std::string& order, const std::string& raw) {
    for (auto& lease : Due().rows) {
      ASSERT_THAT(SetAside(lease, {.order_id = order, .reason = "the answer ends in the middle", .raw = raw}),
                  Succeeds());
      ASSERT_THAT(End(lease), Succeeds());
    }
  }

  Result<pb::GetOrderResponse> Get(const std::string& order, const std::string& seller = "") {
    pb::GetOrderRequest request;
    request.set_order_id(order);
    request.set_seller_id(seller);
    return RunTask(io_, client_.Call(&Stub::async::GetOrder, request));
  }
  Result<pb::GetOrderResponse> GetOn(const std::string& channel, const std::string& order) {
    pb::GetOrderRequest request;
    request.set_order_id(order);
    request.set_sales_channel_id(channel);
    return RunTask(io_, client_.Call(&Stub::async::GetOrder, request));
  }
  Result<pb::ListOrdersResponse> List(pb::ListOrdersRequest request) {
    return RunTask(io_, client_.Call(&Stub::async::ListOrders, request));
  }

  telemetry::Metrics metrics_{"test"};
  rpc::Calls calls_{io_.get_executor(), metrics_};
  OrderQueryApi api_{calls_, *database_, box_};
  cdiscount::fakes::InProcessServer server_{io_, api_.apis()};
  rpc::Client<pb::OrderQueryService> client_{server_.channel()};
};

TEST_F(OrderQueryApiTest, GivesAnOrderWithItsVersion) {
  Ingest("account-1", {AnOrder("A-1"), AnOrder("A-1", "Shipped", kNoon + std::chrono::seconds{1})});

  const auto found = Get("A-1");

  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found->order().version(), 2);
  EXPECT_EQ(found->order().order().status(), pb::ORDER_STATUS_SHIPPED);
  EXPECT_LT(found->order().first_seen_at().seconds() * 1'000'000 + found->order().first_seen_at().nanos() / 1000,
            found->order().last_changed_at().seconds() * 1'000'000 + found->order().last_changed_at().nanos() / 1000);
}

TEST_F(OrderQueryApiTest, SaysThatAnOrderWasNeverSeen) {
  EXPECT_THAT(Get("A-9"), FailsWith(ErrorCode::kNotFound));
}

TEST_F(OrderQueryApiTest, NamesTheFieldThatIsMissing) {
  const auto found = Get("");

  ASSERT_THAT(found, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(found.error().field, "order_id");
}

TEST_F(OrderQueryApiTest, AsksForTheSellerWhenTwoHaveAnOrderOfThisId) {
  Ingest("account-1", {AnOrder("A-1")});
  Ingest("account-2", {AnOrder("A-1", "Shipped")});

  EXPECT_EQ(Get("A-1").error().field, "seller_id");
  EXPECT_EQ(Get("A-1", "98980")->order().order().status(), pb::ORDER_STATUS_SHIPPED);
}

TEST_F(OrderQueryApiTest, ListsTheNewestChangeFirstInPagesThatMissNothing) {
  Ingest("account-1", {AnOrder("A-1"), AnOrder("A-2"), AnOrder("A-3"), AnOrder("A-4"), AnOrder("A-5")});
  pb::ListOrdersRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;

  for (int page = 0; page < 5; ++page) {
    const auto listed = List(request);
    ASSERT_THAT(listed, Succeeds());
    for (const auto& order : listed->orders()) seen.push_back(order.order().order_id());
    if (listed->next_page_token().empty()) break;
    request.set_page_token(listed->next_page_token());
  }

  EXPECT_THAT(seen, ElementsAre("A-5", "A-4", "A-3", "A-2", "A-1"));
}

TEST_F(OrderQueryApiTest, ListsByAccountAndStatus) {
  Ingest("account-1", {AnOrder("A-1"), AnOrder("A-2", "Shipped")});
  Ingest("account-2", {AnOrder("B-1", "Shipped")});
  pb::ListOrdersRequest request;
  request.set_account_id("account-1");
  request.set_status(pb::ORDER_STATUS_SHIPPED);

  const auto listed = List(request);

  ASSERT_THAT(listed, Succeeds());
  ASSERT_EQ(listed->orders_size(), 1);
  EXPECT_EQ(listed->orders(0).order().order_id(), "A-2");
}

TEST_F(OrderQueryApiTest, TakesTheNameOfAnAccountAndRefusesOneThatIsNotKnown) {
  Ingest("account-1", {AnOrder("A-1")});
  Ingest("account-2", {AnOrder("B-1")});
  pb::ListOrdersRequest request;
  request.set_account_id("Sofas");

  const auto listed = List(request);

  ASSERT_THAT(listed, Succeeds());
  ASSERT_EQ(listed->orders_size(), 1);
  EXPECT_EQ(listed->orders(0).order().order_id(), "B-1");
  request.set_account_id("Beds");
  EXPECT_THAT(List(request), FailsWith(ErrorCode::kNotFound));
  pb::ListSyncStatusRequest sync;
  sync.set_account_id("Beds");
  EXPECT_THAT(RunTask(io_, client_.Call(&Stub::async::ListSyncStatus, sync)), FailsWith(ErrorCode::kNotFound));
  pb::ListUnreadableOrdersRequest unreadable;
  unreadable.set_account_id("Beds");
  EXPECT_THAT(RunTask(io_, client_.Call(&Stub::async::ListUnreadableOrders, unreadable)),
              FailsWith(ErrorCode::kNotFound));
}

TEST_F(OrderQueryApiTest, ListsTheChangesOfASpanOfTimeInPages) {
  Ingest("account-1", {AnOrder("A-1"), AnOrder("A-2"), AnOrder("A-3"), AnOrder("A-4"), AnOrder("A-5")});
  const auto all = List({});
  ASSERT_THAT(all, Succeeds());
  ASSERT_EQ(all->orders_size(), 5);
  pb::ListOrdersRequest request;
  request.set_page_size(2);
  *request.mutable_changed_since() = all->orders(3).last_changed_at();
  *request.mutable_changed_until() = all->orders(0).last_changed_at();

  const auto first = List(request);
  ASSERT_THAT(first, Succeeds());
  request.set_page_token(first->next_page_token());
  const auto second = List(request);

  ASSERT_THAT(second, Succeeds());
  ASSERT_EQ(first->orders_size(), 2);
  ASSERT_EQ(second->orders_size(), 1);
  EXPECT_EQ(first->orders(0).order().order_id(), "A-4") << "the end is not part of the span";
  EXPECT_EQ(first->orders(1).order().order_id(), "A-3");
  EXPECT_EQ(second->orders(0).order().order_id(), "A-2") << "the begin is";
  EXPECT_EQ(second->next_page_token(), "");
  request.mutable_changed_since()->set_seconds(253'402'300'800);  // the year 10000
  EXPECT_EQ(List(request).error().field, "changed_since");
}

TEST_F(OrderQueryApiTest, GivesNoOrderOfAnotherChannel) {
  Ingest("account-1", {AnOrder("A-1")});

  EXPECT_THAT(GetOn("CDISFR", "A-1"), Succeeds());
  EXPECT_THAT(GetOn("CDISPRO", "A-1"), FailsWith(ErrorCode::kNotFound));
  EXPECT_THAT(GetOn("CDIS", "A-1"), FailsWith(ErrorCode::kNotFound));
}

TEST_F(OrderQueryApiTest, TakesALargePageAsTheLargestAndRefusesOneThatCannotBe) {
  pb::ListOrdersRequest large;
  large.set_page_size(1'000'000);
  pb::ListOrdersRequest negative;
  negative.set_page_size(-1);
  pb::ListOrdersRequest no_token;
  no_token.set_page_token("???");

  EXPECT_THAT(List(large), Succeeds());
  EXPECT_EQ(List(negative).error().field, "page_size");
  EXPECT_EQ(List(no_token).error().field, "page_token");
}

TEST_F(OrderQueryApiTest, ListsTheSyncOfAccountsInPagesThatMissNone) {
  for (int i = 3; i <= 7; ++i) Connect("account-" + std::to_string(i), i == 4 ? "Lamps" : "Shop", std::to_string(i));
  pb::ListSyncStatusRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;

  for (int page = 0; page < 9; ++page) {
    const auto listed = RunTask(io_, client_.Call(&Stub::async::ListSyncStatus, request));
    ASSERT_THAT(listed, Succeeds());
    EXPECT_LE(listed->accounts_size(), 2);
    for (const auto& account : listed->accounts()) seen.push_back(account.account_id());
    if (listed->next_page_token().empty()) break;
    request.set_page_token(listed->next_page_token());
  }

  EXPECT_THAT(seen,
              ElementsAre("account-1", "account-4", "account-3", "account-5", "account-6", "account-7", "account-2"));
}

TEST_F(OrderQueryApiTest, TheSyncStatusLooksAtEachOrderThroughAnIndexOfItsAccount) {
  const bool postgres = place_.engine() == store::Engine::kPostgres;

  const auto plan = PlanOf(rows::kSyncStatus,
                           {{"any", true}, {"account", ""}, {"first", true}, {"name", ""}, {"id", ""}, {"most", 50}});

  EXPECT_THAT(plan, HasSubstr(postgres ? "using orders_by_account on orders o"
                                       : "SEARCH o USING COVERING INDEX orders_by_account (account_id=?)"));
  for (const auto* scan : {"SCAN o", "SCAN u", "Seq Scan on orders", "Seq Scan on unreadable_order"}) {
    EXPECT_THAT(plan, Not(HasSubstr(scan))) << plan;
  }
}

TEST_F(OrderQueryApiTest, NamesTheOrdersThatWereSetAsideWithReasonAndNextTry) {
  SetAsideOfEach("A-1", "{\"name\":\"Claire");
  pb::ListUnreadableOrdersRequest request;
  request.set_account_id("Lamps");

  const auto listed = RunTask(io_, client_.Call(&Stub::async::ListUnreadableOrders, request));

  ASSERT_THAT(listed, Succeeds());
  ASSERT_EQ(listed->orders_size(), 1);
  const auto& order = listed->orders(0);
  EXPECT_EQ(order.account_id(), "account-1");
  EXPECT_EQ(order.id(), "A-1");
  EXPECT_EQ(order.reason(), "the answer ends in the middle");
  EXPECT_EQ(order.state(), pb::UNREADABLE_ORDER_STATE_WAITING);
  EXPECT_GT(order.next_try_at().seconds(), order.first_seen_at().seconds());
}

TEST_F(OrderQueryApiTest, ListsWhatWasSetAsideInPagesThatMissNone) {
  for (const auto* id : {"A-1", "A-2", "A-3"}) SetAsideOfEach(id, "{");
  pb::ListUnreadableOrdersRequest request;
  request.set_page_size(4);

  const auto first = RunTask(io_, client_.Call(&Stub::async::ListUnreadableOrders, request));
  ASSERT_THAT(first, Succeeds());
  request.set_page_token(first->next_page_token());
  const auto second = RunTask(io_, client_.Call(&Stub::async::ListUnreadableOrders, request));

  ASSERT_THAT(second, Succeeds());
  std::set<std::string> seen;
  for (const auto& order : first->orders()) seen.insert(order.account_id() + order.id());
  for (const auto& order : second->orders()) seen.insert(order.account_id() + order.id());
  EXPECT_EQ(seen.size(), 6U);
  EXPECT_EQ(second->next_page_token(), "");
}

TEST_F(OrderQueryApiTest, GivesTheTextOfAnUnreadableOrderOnlyWhenAskedTo) {
  SetAsideOfEach("A-1", "{\"name\":\"Claire");
  pb::GetUnreadableOrderRequest request;
  request.set_account_id("account-1");
  request.set_id("A-1");
  EXPECT_EQ(RunTask(io_, client_.Call(&Stub::async::GetUnreadableOrder, request))->raw(), "");

  request.set_include_raw(true);
  EXPECT_EQ(RunTask(io_, client_.Call(&Stub::async::GetUnreadableOrder, request))->raw(), "{\"name\":\"Claire");
  request.set_id("A-2");
  EXPECT_THAT(RunTask(io_, client_.Call(&Stub::async::GetUnreadableOrder, request)), FailsWith(ErrorCode::kNotFound));
}

TEST_F(OrderQueryApiTest, ShowsHowTheSyncOfEachAccountGoes) {
  Ingest("account-1", {AnOrder("A-1")});
  const auto leases = Due().rows;
  const auto failed = leases.at(0).who.account.value();
  ASSERT_THAT(End(leases.at(0), {.error = Error{ErrorCode::kThrottled, "call quota used up"}}), Succeeds());

  const auto status = RunTask(io_, client_.Call(&Stub::async::ListSyncStatus, pb::ListSyncStatusRequest{}));

  ASSERT_THAT(status, Succeeds());
  ASSERT_EQ(status->accounts_size(), 2);
  EXPECT_EQ(status->accounts(0).account_name(), "Lamps");
  EXPECT_EQ(status->accounts(0).known_orders(), 1);
  for (const auto& account : status->accounts()) {
    EXPECT_EQ(account.last_error(), account.account_id() == failed ? "call quota used up" : "");
    EXPECT_EQ(account.failures_in_a_row(), account.account_id() == failed ? 1 : 0);
    EXPECT_EQ(account.has_failing_since(), account.account_id() == failed);
  }
}

}  // namespace
}  // namespace cdiscount::order_ingest
