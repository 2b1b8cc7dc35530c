// Polls on the SQL store, on either engine (see order_store_conformance_test.cpp), of a marketplace that is odd in
// several ways at once.
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <map>
#include <random>

#include "adapters/sql_account_store.hpp"
#include "adapters/sql_order_store.hpp"
#include "app/ingest_orders.hpp"
#include "core/testing/fake_clock.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "crypto/testing/key_file.hpp"
#include "fakes/fake_order_source.hpp"
#include "migrations/order_ingest.hpp"
#include "migrations/outbox.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::order_ingest {
namespace {

using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::AnOrder;
using fakes::kNoon;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;

// An order or a change that appears later than polling.overlap is not found (ARCHITECTURE.md, Known limits).
constexpr seconds kAtMostLate = minutes{5};

class PollOnSqlConformance : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    ASSERT_THAT(store::Migrate(*database_, migrations::Outbox()), Succeeds());
    ASSERT_THAT(store::Migrate(*database_, migrations::OrderIngest()), Succeeds());
    const AccountFact account{.who = {AccountId{"account-1"}, SellerId{"98979"}, ChannelId{"CDISFR"}},
                              .name = "Lamps",
                              .enabled = true,
                              .version = 1,
                              .generation = 1};
    ASSERT_THAT(RunTask(io_, accounts_.ApplyAccount(account, {"t", 0, 0, 1})), Succeeds());
  }

  // The clock of the polls is the test's own, that of the database is not: its pauses are cut short.
  void PollAfter(seconds pause) {
    clock_.Advance(pause);
    source_.ClockSays(clock_.Now());
    const auto session = database_->NewSession();
    session->Execute("UPDATE account SET next_poll_at = 0");
    if (Maybe(4)) session->Execute("UPDATE orders SET ask_older_from = 0");
    if (Maybe(4)) session->Execute("UPDATE unreadable_order SET next_try_at = 0");
    auto due = RunTask(io_, store_.ClaimDue(1, minutes{1}));
    ASSERT_THAT(due, Succeeds());
    ASSERT_EQ(due->leases.size(), 1U);
    ASSERT_THAT(RunTask(io_, ingest_.Poll(due->leases[0])), Succeeds());
  }

  bool Maybe(int one_in) { return std::uniform_int_distribution{1, one_in}(random_) == 1; }
  std::string AnyId() { return "A-" + std::to_string(std::uniform_int_distribution{100, 99 + orders_}(random_)); }

  void SomethingHappens() {
    const auto now = clock_.Now();
    for (const auto& [id, since] : behind_) {
      if (now - since > kAtMostLate) source_.CatchesUp(id);
    }
    if (Maybe(3)) {
      source_.Shows(AnOrder("A-" + std::to_string(100 + orders_++), "Accepted", std::chrono::floor<seconds>(now)));
    }
    if (Maybe(3)) {  // appears late
      const auto late = seconds{std::uniform_int_distribution<std::int64_t>{1, kAtMostLate.count()}(random_)};
      source_.Shows(
          AnOrder("A-" + std::to_string(100 + orders_++), "Accepted", std::chrono::floor<seconds>(now - late)));
    }
    if (Maybe(4)) {
      source_.Breaks(broken_.emplace_back(AnyId()));
    }
    if (Maybe(6) && !broken_.empty()) {
      source_.Repairs(broken_.front());
      broken_.erase(broken_.begin());
    }
    if (Maybe(3)) {  // changes, and the list may not show it yet
      const auto id = AnyId();
      const auto before = source_.orders().at(id);
      source_.Shows(AnOrder(id, Maybe(2) ? "Shipped" : "InPreparation", std::chrono::floor<seconds>(now)));
      source_.CatchesUp(id);
      if (Maybe(2)) {
        source_.ListShows(before);
        behind_.insert_or_assign(id, now);
      }
    }
  }

  cdiscount::fakes::TestDatabase place_;
  std::unique_ptr<store::Database> database_ = store::Database::Open({.url = place_.url()}).value();
  cdiscount::fakes::KeyFile key_;
  crypto::SealedBox box_ = *crypto::SealedBox::Load(key_.path());
  outbox::Outbox outbox_;
  boost::asio::io_context io_{1};
  SqlAccountStore accounts_{*database_};
  SqlOrderStore store_{*database_, outbox_, box_, "poller-1"};
  cdiscount::fakes::FakeClock clock_{kNoon + minutes{60}};
  fakes::FakeOrderSource source_;
  IngestOrders ingest_{source_, store_, clock_, {.walk = {.page_size = 20}}};
  std::mt19937 random_{static_cast<unsigned>(GetParam())};  // NOLINT(cert-msc51-cpp): the seed is the test's name
  int orders_ = 0;
  std::vector<std::string> broken_;
  std::map<std::string, SysTime> behind_;  // since when
};

TEST_P(PollOnSqlConformance, BrokenOrdersLateOrdersAndAListThatIsBehindLoseNothing) {
  for (; orders_ < 15; ++orders_) {
    source_.Shows(AnOrder("A-" + std::to_string(100 + orders_), "Accepted", kNoon + minutes{orders_}));
  }
  for (int poll = 0; poll < 100; ++poll) {
    SomethingHappens();
    ASSERT_NO_FATAL_FAILURE(PollAfter(seconds{Maybe(3) ? 61 : 15}));
  }
  for (const auto& id : broken_) source_.Repairs(id);
  for (const auto& [id, since] : behind_) source_.CatchesUp(id);

  ASSERT_NO_FATAL_FAILURE(PollAfter(minutes{61}));  // the longest pause of a broken order is over
  for (int poll = 0; poll < 12; ++poll) ASSERT_NO_FATAL_FAILURE(PollAfter(seconds{61}));

  std::map<std::string, std::string> stored;
  for (const auto& row : database_->NewSession()->Query("SELECT order_id, status FROM orders")) {
    stored.emplace(row.Text(0), row.Text(1));
  }
  std::vector<std::string> lost;
  for (const auto& [id, order] : source_.orders()) {
    if (stored[id] != ToString(order.status())) lost.push_back(id + ": " + stored[id]);
  }
  EXPECT_THAT(lost, IsEmpty()) << "of " << orders_ << " orders";
}

INSTANTIATE_TEST_SUITE_P(Seeds, PollOnSqlConformance, ::testing::Range(1, 4));

}  // namespace
}  // namespace cdiscount::order_ingest
