#include "domain/order_status.hpp"

#include <gtest/gtest.h>

namespace cdiscount::order_ingest {
namespace {

constexpr OrderStatus kAll[] = {OrderStatus::kUnknown,  OrderStatus::kProcessing,   OrderStatus::kWaitingAcceptance,
                                OrderStatus::kAccepted, OrderStatus::kRefused,      OrderStatus::kInPreparation,
                                OrderStatus::kShipped,  OrderStatus::kDelivered,    OrderStatus::kCancelled,
                                OrderStatus::kRejected, OrderStatus::kCancelRequest};

TEST(OrderStatus, ReadsItsOwnWordsInAnyCase) {
  for (const auto status : kAll) {
    if (status != OrderStatus::kUnknown) {
      EXPECT_EQ(ParseOrderStatus(ToString(status)), status);
    }
  }
  EXPECT_EQ(ParseOrderStatus("inpreparation"), OrderStatus::kInPreparation);
}

TEST(OrderStatus, AWordThatIsNotKnownIsUnknownAndNothingElse) {
  EXPECT_EQ(ParseOrderStatus("WaitingForSellerAcceptation"), OrderStatus::kUnknown);
  EXPECT_EQ(ParseOrderStatus(""), OrderStatus::kUnknown);
}

TEST(OrderStatus, NothingMakesADeadOrderShippableAgain) {
  for (const auto dead : {OrderStatus::kCancelled, OrderStatus::kRefused, OrderStatus::kRejected}) {
    for (const auto next : kAll) {
      EXPECT_TRUE(IsAbsorbing(NextStatus(dead, next)));
      EXPECT_NE(TransitionEvent(dead, NextStatus(dead, next)), OrderEventType::kReadyToShip);
    }
  }
}

TEST(OrderStatus, ALivingOrderFollowsTheMarketplace) {
  EXPECT_EQ(NextStatus(OrderStatus::kShipped, OrderStatus::kCancelled), OrderStatus::kCancelled);
  EXPECT_EQ(NextStatus(OrderStatus::kShipped, OrderStatus::kInPreparation), OrderStatus::kInPreparation);
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
        TransitionCase{OrderStatus::kProcessing, OrderStatus::kWaitingAcceptance, OrderEventType::kChanged},
        TransitionCase{OrderStatus::kWaitingAcceptance, OrderStatus::kAccepted, OrderEventType::kAccepted},
        TransitionCase{OrderStatus::kWaitingAcceptance, OrderStatus::kRefused, OrderEventType::kRefused},
        TransitionCase{OrderStatus::kProcessing, OrderStatus::kRejected, OrderEventType::kRefused},
        TransitionCase{OrderStatus::kAccepted, OrderStatus::kInPreparation, OrderEventType::kReadyToShip},
        TransitionCase{OrderStatus::kInPreparation, OrderStatus::kInPreparation, OrderEventType::kChanged},
        TransitionCase{OrderStatus::kInPreparation, OrderStatus::kShipped, OrderEventType::kShipped},
        TransitionCase{OrderStatus::kShipped, OrderStatus::kDelivered, OrderEventType::kDelivered},
        TransitionCase{OrderStatus::kDelivered, OrderStatus::kCancelled, OrderEventType::kCancelled},
        TransitionCase{OrderStatus::kInPreparation, OrderStatus::kCancelRequest, OrderEventType::kChanged},
        TransitionCase{OrderStatus::kInPreparation, OrderStatus::kUnknown, OrderEventType::kChanged}));

}  // namespace
}  // namespace cdiscount::order_ingest
