#include "adapters/order_query_api.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "adapters/fingerprints.hpp"
#include "adapters/sql_account_store.hpp"
#include "adapters/sql_order_store.hpp"
#include "cdiscount/orders/v1/order_query_service.grpc.pb.h"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "crypto/testing/key_file.hpp"
#include "fakes/an_order.hpp"
#include "migrations/order_ingest.hpp"
#include "migrations/outbox.hpp"
#include "rpc/client.hpp"
#include "rpc/testing/in_process_server.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace pb = cdiscount::orders::v1;
using Stub = pb::OrderQueryService::Stub;
using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::AnOrder;
using fakes::kNoon;
using ::testing::ElementsAre;

class OrderQueryApiTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(store::Migrate(*database_, migrations::Outbox()), Succeeds());
    ASSERT_THAT(store::Migrate(*database_, migrations::OrderIngest()), Succeeds());
    Connect("account-1", "Lamps", "98979");
    Connect("account-2", "Sofas", "98980");
  }

  void Connect(const std::string& id, const std::string& name, const std::string& seller) {
    AccountFact account{.who = {AccountId{id}, SellerId{seller}, ChannelId{"CDISFR"}},
                        .name = name,
                        .enabled = true,
                        .version = 1,
                        .generation = 1};
    ASSERT_THAT(RunTask(io_, accounts_.ApplyAccount(account, {"t", 0, position_, position_ + 1})), Succeeds());
    ++position_;
  }

  // One order per page, so that each has a change instant of its own.
  void Ingest(const std::string& account, std::vector<Order> orders) {
    auto due = RunTask(io_, store_.ClaimDue(10, std::chrono::minutes{1}));
    ASSERT_THAT(due, Succeeds());
    for (auto& lease : due->leases) {
      for (const auto& order : orders) {
        if (lease.who.account.value() != account) continue;
        auto fields = order.fields();
        fields.key.seller = lease.who.seller;
        const auto own = *Order::Create(fields);
        PageToSave page;
        page.orders = {{own, {}, fingerprints_.Of(own, {})}};
        page.asked_at = lease.write_counter;
        const auto saved = RunTask(io_, store_.SavePage(lease, page));
        ASSERT_THAT(saved, Succeeds());
        lease.write_counter = saved->write_counter;
      }
      ASSERT_THAT(RunTask(io_, store_.FinishPoll(lease, {})), Succeeds());
    }
  }

  Result<pb::GetOrderResponse> Get(const std::string& order, const std::string& seller = "") {
    pb::GetOrderRequest request;
    request.set_order_id(order);
    request.set_seller_id(seller);
    return RunTask(io_, client_.Call(&Stub::async::GetOrder, request));
  }
  Result<pb::ListOrdersResponse> List(pb::ListOrdersRequest request) {
    return RunTask(io_, client_.Call(&Stub::async::ListOrders, request));
  }

  boost::asio::io_context io_{1};
  cdiscount::fakes::TestDatabase place_{store::Engine::kSqlite};
  std::unique_ptr<store::Database> database_ = store::Database::Open({.url = place_.url()}).value();
  cdiscount::fakes::KeyFile key_;
  crypto::SealedBox box_ = *crypto::SealedBox::Load(key_.path());
  outbox::Outbox outbox_;
  SqlAccountStore accounts_{*database_};
  SqlOrderStore store_{*database_, outbox_, box_, "poller-1"};
  Fingerprints fingerprints_{Secret{"a key"}};
  std::int64_t position_ = 0;
  SqlOrderQueries queries_{*database_};
  telemetry::Metrics metrics_{"test"};
  rpc::Calls calls_{io_.get_executor(), metrics_};
  OrderQueryApi api_{calls_, queries_};
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

TEST_F(OrderQueryApiTest, SaysThatNobodySawAnOrder) {
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

TEST_F(OrderQueryApiTest, RefusesAPageThatCannotBe) {
  pb::ListOrdersRequest too_large;
  too_large.set_page_size(501);
  pb::ListOrdersRequest no_token;
  no_token.set_page_token("???");

  EXPECT_EQ(List(too_large).error().field, "page_size");
  EXPECT_EQ(List(no_token).error().field, "page_token");
}

TEST_F(OrderQueryApiTest, ShowsHowTheSyncOfEachAccountGoes) {
  Ingest("account-1", {AnOrder("A-1")});
  auto due = RunTask(io_, store_.ClaimDue(1, std::chrono::minutes{1}));
  ASSERT_EQ(due->leases.size(), 1U);
  const auto failed = due->leases[0].who.account.value();
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(due->leases[0], {.error = "call quota used up"})), Succeeds());

  const auto status = RunTask(io_, client_.Call(&Stub::async::ListSyncStatus, pb::ListSyncStatusRequest{}));

  ASSERT_THAT(status, Succeeds());
  ASSERT_EQ(status->accounts_size(), 2);
  EXPECT_EQ(status->accounts(0).account_name(), "Lamps");
  EXPECT_EQ(status->accounts(0).known_orders(), 1);
  for (const auto& account : status->accounts()) {
    EXPECT_EQ(account.last_error(), account.account_id() == failed ? "call quota used up" : "");
    EXPECT_EQ(account.failures_in_a_row(), account.account_id() == failed ? 1 : 0);
  }
}

}  // namespace
}  // namespace cdiscount::order_ingest
