// Polls of a marketplace that is odd in several ways at once.
#include <map>
#include <random>

#include "app/ingest_orders.hpp"
#include "testing/fake_marketplace.hpp"
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::kNoon;
using fakes::Succeeds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;

// An order or a change that appears later than polling.overlap is not found (ARCHITECTURE.md, Known limits).
constexpr seconds kAtMostLate = minutes{5};

class PollRandomTest : public fakes::IngestTest, public ::testing::WithParamInterface<int> {
 protected:
  PollRandomTest() { Announce(1, true); }

  void PollAfter(seconds pause) {
    clock_.Advance(pause);
    source_.ClockSays(clock_.Now());
    Execute("UPDATE account SET next_poll_at = 0");
    ASSERT_THAT(Run(ingest_.Poll(Claim())), Succeeds());
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

  fakes::FakeMarketplace source_;
  IngestOrders ingest_{source_, fingerprints_, *database_, box_, clock_, {.walk = {.page_size = 20}}};
  std::mt19937 random_{static_cast<unsigned>(GetParam())};  // NOLINT(cert-msc51-cpp): the seed is the test's name
  int orders_ = 0;
  std::vector<std::string> broken_;
  std::map<std::string, SysTime> behind_;  // since when
};

TEST_P(PollRandomTest, BrokenOrdersLateOrdersAndAListThatIsBehindLoseNothing) {
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
    stored.emplace(row.Text("order_id"), row.Text("status"));
  }
  std::vector<std::string> lost;
  for (const auto& [id, order] : source_.orders()) {
    if (stored[id] != ToWord(order.status())) lost.push_back(id + ": " + stored[id]);
  }
  EXPECT_THAT(lost, IsEmpty()) << "of " << orders_ << " orders";
}

INSTANTIATE_TEST_SUITE_P(Seeds, PollRandomTest, ::testing::Range(1, 4));

}  // namespace
}  // namespace cdiscount::order_ingest
