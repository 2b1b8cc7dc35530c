#include "domain/order.hpp"

#include <gmock/gmock.h>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::order_ingest {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::Succeeds;
using orders::v1::Order;
using ::testing::HasSubstr;
using ::testing::Not;

Order WholeOrder() {
  Order order;
  order.set_sales_channel_id("CDISFR");
  order.set_seller_id("98979");
  order.set_order_id("A-1");
  order.set_status_text("SomethingNew");
  for (const auto* id : {"1", "2"}) order.add_lines()->set_order_line_id(id);
  return order;
}

struct BrokenRule {
  std::string_view field;
  void (*breaks)(Order&);
};

class OrderRulesTest : public ::testing::TestWithParam<BrokenRule> {};

TEST_P(OrderRulesTest, NameTheFieldThatIsMissing) {
  auto order = WholeOrder();
  GetParam().breaks(order);

  const auto checked = CheckOrder(order);

  ASSERT_THAT(checked, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(checked.error().field, GetParam().field);
  EXPECT_THAT(checked.error().message, HasSubstr(GetParam().field));
}

INSTANTIATE_TEST_SUITE_P(
    Table, OrderRulesTest,
    ::testing::Values(BrokenRule{"orderId", [](Order& order) { order.clear_order_id(); }},
                      BrokenRule{"seller", [](Order& order) { order.clear_seller_id(); }},
                      BrokenRule{"salesChannel", [](Order& order) { order.clear_sales_channel_id(); }},
                      BrokenRule{"status", [](Order& order) { order.clear_status_text(); }},
                      BrokenRule{"lines[1].orderLineId",
                                 [](Order& order) { order.mutable_lines(1)->clear_order_line_id(); }},
                      BrokenRule{"lines[0].quantity", [](Order& order) { order.mutable_lines(0)->set_quantity(-1); }}));

TEST(Order, WithNothingButWhatIsCertainIsAnOrder) {
  EXPECT_THAT(CheckOrder(WholeOrder()), Succeeds());
}

TEST(Order, AnIdHasAtMostSixtyFourBytesAndNoControlCharacter) {
  auto order = WholeOrder();
  for (const auto& id : {std::string(64, 'x'), std::string("commande n° é/1 ?")}) {
    order.set_order_id(id);
    EXPECT_THAT(CheckOrder(order), Succeeds());
  }
  for (const auto& id : {std::string(65, 'x'), std::string("A\0", 2), std::string("A\nB"), std::string("\x7f"),
                         std::string("A\u009b"), std::string("A\u0080B")}) {
    order.set_order_id(id);
    const auto checked = CheckOrder(order);
    ASSERT_THAT(checked, FailsWith(ErrorCode::kInvalidArgument));
    EXPECT_EQ(checked.error().field, "orderId");
    EXPECT_THAT(checked.error().message, Not(HasSubstr(id)));
  }
  order = WholeOrder();
  order.set_sales_channel_id(std::string("CDIS\0", 5));
  EXPECT_EQ(CheckOrder(order).error().field, "salesChannel");
}

}  // namespace
}  // namespace cdiscount::order_ingest
