// The client of the orders endpoints against the simulator in this process.
#include "marketplace/rest/octopia_orders.hpp"

#include <gmock/gmock.h>

#include "core/testing/fake_clock.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/time_text.hpp"
#include "marketplace/testing/simulated_marketplace.hpp"

namespace cdiscount::marketplace {
namespace {

using fakes::FailsWith;
using fakes::RunTask;
using fakes::Succeeds;

class OctopiaOrdersTest : public ::testing::Test {
 protected:
  boost::asio::io_context io_{1};
  fakes::FakeClock clock_{*ParseIso8601("2026-10-06T15:30:00Z")};
  fakes::SimulatedMarketplace marketplace_{io_, clock_};
  OrdersApi& api_ = marketplace_.orders();
  const Caller caller_ = marketplace_.caller();
};

TEST_F(OctopiaOrdersTest, ListCountAndGetShowTheSameOrders) {
  const auto id = marketplace_.CreateOrder().id();
  marketplace_.CreateOrder();

  const auto page = RunTask(io_, api_.List(caller_, {.updated_at_min = clock_.Now() - std::chrono::hours{1}}));
  const auto one = RunTask(io_, api_.Get(caller_, id));

  ASSERT_THAT(page, Succeeds());
  EXPECT_EQ(page->item_count, 2U);
  EXPECT_EQ(page->server_time, clock_.Now());
  EXPECT_EQ(RunTask(io_, api_.Count(caller_, {})).value(), 2);
  EXPECT_THAT(one, Succeeds());
  EXPECT_THAT(RunTask(io_, api_.Get(caller_, "NONE")), FailsWith(ErrorCode::kNotFound));
}

TEST_F(OctopiaOrdersTest, GoOnWithANewTokenWhenTheOldOneIsRefused) {
  marketplace_.faults().Add({.kind = simulator::FaultKind::k401Once, .remaining = 1});

  EXPECT_THAT(RunTask(io_, api_.List(caller_, {})), Succeeds());

  ASSERT_EQ(marketplace_.world().credentials().clients().size(), 1U);
  EXPECT_EQ(marketplace_.world().credentials().clients().begin()->second.tokens_issued, 2U)
      << "the refused one and its successor";
}

}  // namespace
}  // namespace cdiscount::marketplace
