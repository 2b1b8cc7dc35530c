#include "domain/order_status.hpp"

#include <gtest/gtest.h>

namespace cdiscount::order_ingest {
namespace {

constexpr OrderStatus kAll[] = {ORDER_STATUS_UNKNOWN,  ORDER_STATUS_PROCESSING,    ORDER_STATUS_WAITING_ACCEPTANCE,
                                ORDER_STATUS_ACCEPTED, ORDER_STATUS_REFUSED,       ORDER_STATUS_IN_PREPARATION,
                                ORDER_STATUS_SHIPPED,  ORDER_STATUS_DELIVERED,     ORDER_STATUS_CANCELLED,
                                ORDER_STATUS_REJECTED, ORDER_STATUS_CANCEL_REQUEST};

TEST(OrderStatus, ReadsItsOwnWords) {
  for (const auto status : kAll) EXPECT_EQ(ParseOrderStatus(ToWord(status)), status);
  EXPECT_EQ(ToWord(ORDER_STATUS_IN_PREPARATION), "in_preparation");
}

TEST(OrderStatus, AWordThatIsNotKnownIsUnknownAndNothingElse) {
  EXPECT_EQ(ParseOrderStatus("WaitingForSellerAcceptation"), ORDER_STATUS_UNKNOWN);
  EXPECT_EQ(ParseOrderStatus(""), ORDER_STATUS_UNKNOWN);
}

TEST(OrderStatus, NothingMakesADeadOrderShippableAgain) {
  for (const auto dead : {ORDER_STATUS_CANCELLED, ORDER_STATUS_REFUSED, ORDER_STATUS_REJECTED}) {
    for (const auto next : kAll) {
      EXPECT_TRUE(IsAbsorbing(NextStatus(dead, next)));
      EXPECT_NE(TransitionEvent(dead, NextStatus(dead, next)), ORDER_EVENT_TYPE_READY_TO_SHIP);
    }
  }
}

TEST(OrderStatus, ALivingOrderFollowsTheMarketplace) {
  EXPECT_EQ(NextStatus(ORDER_STATUS_SHIPPED, ORDER_STATUS_CANCELLED), ORDER_STATUS_CANCELLED);
  EXPECT_EQ(NextStatus(ORDER_STATUS_SHIPPED, ORDER_STATUS_IN_PREPARATION), ORDER_STATUS_IN_PREPARATION);
}

struct TransitionCase {
  OrderStatus from, to;
  OrderEventType event;
};

class TransitionEventTest : public ::testing::TestWithParam<TransitionCase> {};

TEST_P(TransitionEventTest, NamesWhatHappened) {
  EXPECT_EQ(TransitionEvent(GetParam().from, GetParam().to), GetParam().event);
}

INSTANTIATE_TEST_SUITE_P(
    Table, TransitionEventTest,
    ::testing::Values(
        TransitionCase{ORDER_STATUS_PROCESSING, ORDER_STATUS_WAITING_ACCEPTANCE, ORDER_EVENT_TYPE_CHANGED},
        TransitionCase{ORDER_STATUS_WAITING_ACCEPTANCE, ORDER_STATUS_ACCEPTED, ORDER_EVENT_TYPE_ACCEPTED},
        TransitionCase{ORDER_STATUS_WAITING_ACCEPTANCE, ORDER_STATUS_REFUSED, ORDER_EVENT_TYPE_REFUSED},
        TransitionCase{ORDER_STATUS_PROCESSING, ORDER_STATUS_REJECTED, ORDER_EVENT_TYPE_REFUSED},
        TransitionCase{ORDER_STATUS_ACCEPTED, ORDER_STATUS_IN_PREPARATION, ORDER_EVENT_TYPE_READY_TO_SHIP},
        TransitionCase{ORDER_STATUS_IN_PREPARATION, ORDER_STATUS_IN_PREPARATION, ORDER_EVENT_TYPE_CHANGED},
        TransitionCase{ORDER_STATUS_IN_PREPARATION, ORDER_STATUS_SHIPPED, ORDER_EVENT_TYPE_SHIPPED},
        TransitionCase{ORDER_STATUS_SHIPPED, ORDER_STATUS_DELIVERED, ORDER_EVENT_TYPE_DELIVERED},
        TransitionCase{ORDER_STATUS_DELIVERED, ORDER_STATUS_CANCELLED, ORDER_EVENT_TYPE_CANCELLED},
        TransitionCase{ORDER_STATUS_IN_PREPARATION, ORDER_STATUS_CANCEL_REQUEST, ORDER_EVENT_TYPE_CHANGED},
        TransitionCase{ORDER_STATUS_IN_PREPARATION, ORDER_STATUS_UNKNOWN, ORDER_EVENT_TYPE_CHANGED}));

}  // namespace
}  // namespace cdiscount::order_ingest
