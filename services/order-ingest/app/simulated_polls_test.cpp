// Polls of the simulator in this process, over HTTP.
#include "app/ingest_orders.hpp"
#include "marketplace/testing/simulated_marketplace.hpp"
#include "simulator/api/faults.hpp"
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using simulator::FaultKind;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SimulatedPollsTest : public fakes::OneAccountTest {
 protected:
  PollReport Poll() {
    clock_.Advance(seconds{15});
    Execute("UPDATE account SET next_poll_at = 0");
    return Run(ingest_.Poll(Claim())).value();
  }
  std::string CreateOrder(simulator::OrderWish wish = {}) {
    clock_.Advance(seconds{1});
    return marketplace_.CreateOrder(std::move(wish)).id();
  }
  void Change(const std::string& id, simulator::OrderStatus status) {
    clock_.Advance(seconds{1});
    marketplace_.world().ChangeOrder(id, {.status = status}, clock_.Now()).value();
  }

  cdiscount::fakes::SimulatedMarketplace marketplace_{io_, clock_};
  IngestOrders ingest_{marketplace_.orders(), fingerprints_, *database_, box_, clock_, {}};
};

TEST_F(SimulatedPollsTest, AnnounceEachVersionOnce) {
  const auto id = CreateOrder({.status = simulator::OrderStatus::kInPreparation});
  EXPECT_EQ(Poll().created, 1);
  EXPECT_EQ(Poll().created, 0);
  Change(id, simulator::OrderStatus::kShipped);
  EXPECT_EQ(Poll().changed, 1);
  EXPECT_EQ(Poll().changed, 0);

  EXPECT_THAT(Announced(), ElementsAre(id + " v1 received", id + " v2 shipped"));
}

TEST_F(SimulatedPollsTest, KeepWhatTheyStoreInTheFormInWhichItIsPublished) {
  CreateOrder({.status = simulator::OrderStatus::kShipped, .lines = 3, .pickup = true});
  ASSERT_EQ(Poll().created, 1);

  const auto payload = database_->NewSession()->Query("SELECT payload FROM orders").at(0).Bytes("payload");
  const auto published =
      database_->NewSession()->Query("SELECT value FROM outbox_row WHERE ordinal = 0").at(0).Bytes(0);

  EXPECT_NE(published.find(payload), std::string::npos);
  EXPECT_THAT(Texts("SELECT topic FROM outbox_row WHERE ordinal = 1"), ElementsAre("cdiscount.order.recipients.v1"));
}

TEST_F(SimulatedPollsTest, RenewATokenThatIsRefusedInMidRun) {
  CreateOrder();
  ASSERT_EQ(Poll().created, 1);
  CreateOrder();
  marketplace_.faults().Add({.kind = FaultKind::k401Once, .remaining = 1});

  EXPECT_EQ(Poll().created, 1);
}

TEST_F(SimulatedPollsTest, SetTheOrderAsideThatBreaksThePageAndReadTheOthers) {
  for (int i = 0; i < 5; ++i) CreateOrder();
  marketplace_.faults().Add({.kind = FaultKind::kMalformedJson, .route = "orders.list", .item = 2});

  const auto report = Poll();

  EXPECT_EQ(report.created, 4);
  EXPECT_EQ(report.unreadable, 1);
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), SizeIs(1));
}

TEST_F(SimulatedPollsTest, SaySoWhenTheAnswerIsNoList) {
  CreateOrder();
  marketplace_.faults().Add({.kind = FaultKind::k502Html, .route = "orders.list"});

  EXPECT_TRUE(Poll().error);
  EXPECT_THAT(Announced(), IsEmpty());
  marketplace_.faults().Clear();
  EXPECT_EQ(Poll().created, 1);
}

TEST_F(SimulatedPollsTest, FindEveryOrderAlthoughPagesShift) {
  std::vector<std::string> expected;
  for (int i = 0; i < 120; ++i) expected.push_back(CreateOrder() + " v1 received");
  marketplace_.faults().Add({.kind = FaultKind::kPageShift, .route = "orders.list", .remaining = 1});

  Poll();
  Poll();

  for (const auto& order : expected) EXPECT_THAT(Announced(), ::testing::Contains(order));
}

}  // namespace
}  // namespace cdiscount::order_ingest
