#include "domain/order.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "core/testing/result_matchers.hpp"
#include "domain/recipients.hpp"
#include "testing/an_order.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::FieldsOf;
using ::testing::HasSubstr;

struct BrokenRule {
  std::string_view field;
  void (*breaks)(OrderFields&);
};

class OrderRulesTest : public ::testing::TestWithParam<BrokenRule> {};

TEST_P(OrderRulesTest, NamesTheFieldThatIsMissing) {
  auto fields = FieldsOf("A-1");
  GetParam().breaks(fields);

  const auto order = Order::Create(fields);

  ASSERT_THAT(order, cdiscount::fakes::FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(order.error().field, GetParam().field);
  EXPECT_THAT(order.error().message, HasSubstr(GetParam().field));
}

INSTANTIATE_TEST_SUITE_P(
    Table, OrderRulesTest,
    ::testing::Values(BrokenRule{"orderId", [](OrderFields& f) { f.key.order = OrderId{}; }},
                      BrokenRule{"seller", [](OrderFields& f) { f.key.seller = SellerId{}; }},
                      BrokenRule{"salesChannel", [](OrderFields& f) { f.key.channel = ChannelId{}; }},
                      BrokenRule{"status", [](OrderFields& f) { f.status_text.clear(); }},
                      BrokenRule{"lines[1].orderLineId", [](OrderFields& f) { f.lines[1].id.clear(); }},
                      BrokenRule{"lines[0].quantity", [](OrderFields& f) { f.lines[0].quantity = -1; }}));

TEST(Order, AnIdHasAtMostSixtyFourBytesAndNoControlCharacter) {
  const auto with_id = [](const std::string& id) {
    auto fields = FieldsOf("A-1");
    fields.key.order = OrderId{id};
    return Order::Create(fields);
  };
  EXPECT_THAT(with_id(std::string(64, 'x')), cdiscount::fakes::Succeeds());
  EXPECT_THAT(with_id("commande n° é/1 ?"), cdiscount::fakes::Succeeds());
  for (const auto& id : {std::string(65, 'x'), std::string("A\0", 2), std::string("A\nB"), std::string("\x7f"),
                         std::string("A\u009b"), std::string("A\u0080B")}) {
    const auto order = with_id(id);
    ASSERT_THAT(order, cdiscount::fakes::FailsWith(ErrorCode::kInvalidArgument));
    EXPECT_EQ(order.error().field, "orderId");
    EXPECT_THAT(order.error().message, ::testing::Not(HasSubstr(id)));
  }
  auto fields = FieldsOf("A-1");
  fields.key.channel = ChannelId{std::string("CDIS\0", 5)};
  EXPECT_EQ(Order::Create(fields).error().field, "salesChannel");
}

TEST(CanonicalContent, TellsNumbersApartByValue) {
  const auto with_rate = [](const std::string& rate) {
    auto fields = FieldsOf("A-1");
    fields.lines[0].commission = Commission{.rate = rate};
    fields.lines[0].selling.taxes = {{.code = "VAT", .rate = rate}};
    return CanonicalContent(*Order::Create(fields));
  };
  for (const auto* same : {"1500.0", "1500.00", "1.5e3", "15E+2", "+1500", "01500", "150000e-2"}) {
    EXPECT_EQ(with_rate(same), with_rate("1500")) << same;
  }
  EXPECT_EQ(with_rate("-0.00"), with_rate("0"));
  for (const auto* other : {"1500.01", "-1500", "15", "1500e9999999999", "1,500", "", "."}) {
    EXPECT_NE(with_rate(other), with_rate("1500")) << other;
  }
  EXPECT_NE(with_rate("twelve"), with_rate("twenty"));
}

TEST(Order, AnOrderWithNothingButWhatIsCertainIsAnOrder) {
  OrderFields fields;
  fields.key = {ChannelId{"CDISFR"}, SellerId{"1"}, OrderId{"A-1"}};
  fields.status_text = "SomethingNew";
  fields.lines = {{.id = "A-1-1", .quantity = 0}};

  EXPECT_THAT(Order::Create(fields), cdiscount::fakes::Succeeds());
}

TEST(CanonicalContent, IgnoresTheOrderOfListsAndTheStamp) {
  auto fields = FieldsOf("A-1");
  const auto before = CanonicalContent(*Order::Create(fields));
  std::reverse(fields.lines.begin(), fields.lines.end());
  fields.updated_at = *fields.updated_at + std::chrono::hours{1};

  EXPECT_EQ(CanonicalContent(*Order::Create(fields)), before);
}

TEST(CanonicalContent, DoesNotDependOnTheStatusThatWeAnnounce) {
  const auto order = AnOrder("A-1");

  EXPECT_EQ(CanonicalContent(order.WithStatus(OrderStatus::kCancelled)), CanonicalContent(order));
}

class ContentChangeTest : public ::testing::TestWithParam<void (*)(OrderFields&)> {};

TEST_P(ContentChangeTest, IsSeen) {
  auto fields = FieldsOf("A-1");
  const auto before = CanonicalContent(*Order::Create(fields));
  GetParam()(fields);

  EXPECT_NE(CanonicalContent(*Order::Create(fields)), before);
}

INSTANTIATE_TEST_SUITE_P(
    EachField, ContentChangeTest,
    ::testing::Values([](OrderFields& f) { f.status_text = "Shipped"; }, [](OrderFields& f) { f.reference = "r2"; },
                      [](OrderFields& f) { f.business = true; }, [](OrderFields& f) { f.customer_reference = "c"; },
                      [](OrderFields& f) { f.ship_by = SysTime{}; }, [](OrderFields& f) { f.payment_method = "Cash"; },
                      [](OrderFields& f) { f.currency = "USD"; }, [](OrderFields& f) { f.total_selling->minor += 1; },
                      [](OrderFields& f) { f.total_offer = Money{1, "EUR"}; },
                      [](OrderFields& f) { f.service_fees.push_back({"gift", std::nullopt}); },
                      [](OrderFields& f) { f.lines.pop_back(); }, [](OrderFields& f) { f.lines[0].quantity += 1; },
                      [](OrderFields& f) { f.lines[0].status_text = "Cancelled"; },
                      [](OrderFields& f) { f.lines[0].sku = Sku{"other"}; },
                      [](OrderFields& f) { f.lines[0].gtin = "1"; }, [](OrderFields& f) { f.lines[0].title = "t"; },
                      [](OrderFields& f) { f.lines[0].supply_mode = "Xdock"; },
                      [](OrderFields& f) { f.lines[0].selling.unit->minor += 1; },
                      [](OrderFields& f) { f.lines[0].selling.taxes.push_back({.code = "VAT"}); },
                      [](OrderFields& f) { f.lines[0].commission = Commission{.rate = "900"}; },
                      [](OrderFields& f) { f.lines[0].delivery.mode = "MondialRelay"; },
                      [](OrderFields& f) { f.lines[0].delivery.to_pickup_point = true; },
                      [](OrderFields& f) { f.lines[0].parcels.push_back({.number = "P1"}); }));

TEST(CanonicalRecipients, TheSamePeopleGiveTheSameTextInAnyOrderOfLines) {
  Recipients recipients;
  recipients.deliveries.push_back({.line_ids = {"1", "2"}, .address = {.last_name = Pii{"Martin"}}});
  recipients.deliveries.push_back({.line_ids = {"3"}, .address = {.last_name = Pii{"Durand"}}});
  const auto before = CanonicalRecipients(recipients);
  std::swap(recipients.deliveries[0], recipients.deliveries[1]);
  std::swap(recipients.deliveries[1].line_ids[0], recipients.deliveries[1].line_ids[1]);

  EXPECT_EQ(CanonicalRecipients(recipients), before);

  recipients.deliveries[0].phone = Pii{"+33639980001"};
  EXPECT_NE(CanonicalRecipients(recipients), before);
}

}  // namespace
}  // namespace cdiscount::order_ingest
