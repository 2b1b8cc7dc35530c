#include "app/order_events.hpp"

#include <gmock/gmock.h>

#include "cdiscount/events/v1/order_event.pb.h"
#include "cdiscount/events/v1/order_recipients.pb.h"
#include "cdiscount/orders/v1/order.pb.h"
#include "core/testing/result_matchers.hpp"
#include "testing/an_order.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::FieldsOf;
using fakes::kNoon;

// Every field set, so that a field that is forgotten on the way there or back is seen.
OrderFields Everything() {
  auto fields = FieldsOf("A-1", "Shipped");
  fields.business = true;
  fields.customer_reference = "CUST-1";
  fields.purchased_at = kNoon - std::chrono::hours{2};
  fields.ship_by = kNoon + std::chrono::hours{48} + std::chrono::microseconds{123456};
  fields.payment_method = "Card";
  fields.total_offer = Money{12000, "EUR"};
  fields.service_fees = {{"gift", Money{100, "EUR"}}, {"unpriced", std::nullopt}};
  auto& line = fields.lines[0];
  line.gtin = "3760452700039";
  line.title = "Lampe de bureau LED";
  line.offer_id = "offer";
  line.product_id = "AUC1";
  line.condition = "New";
  line.supply_mode = "Teleport";
  line.selling = {.unit = Money{4999, "EUR"},
                  .shipping = Money{490, "EUR"},
                  .total = Money{9998, "EUR"},
                  .taxes = {{.code = "VAT", .target = "Price", .amount = Money{1666, "EUR"}, .rate = "2000"}}};
  line.offer = {.unit = Money{4500, "EUR"}};
  line.commission = Commission{.without_vat = Money{1573, "EUR"}, .with_vat = Money{1888, "EUR"}, .rate = "1500"};
  line.delivery = {.mode = "MondialRelay",
                   .promised_min = kNoon,
                   .promised_max = kNoon + std::chrono::hours{24},
                   .ship_by = kNoon,
                   .to_pickup_point = true};
  line.parcels = {{.number = "12345678", .carrier = "Mondial Relay", .tracking_url = "https://example.invalid/1"}};
  return fields;
}

TEST(OrderEvents, AnOrderComesBackFromItsMessageAsItWas) {
  for (const auto& fields : {Everything(), FieldsOf("A-2")}) {
    const auto order = *Order::Create(fields);

    const auto back = FromProto(ToProto(order));

    ASSERT_THAT(back, cdiscount::fakes::Succeeds());
    EXPECT_EQ(CanonicalContent(*back), CanonicalContent(order));
    EXPECT_EQ(back->updated_at(), order.updated_at());
    EXPECT_EQ(back->status(), order.status());
  }
}

TEST(OrderEvents, AWordThatIsNotKnownIsKeptAsText) {
  auto fields = Everything();
  fields.status_text = "Teleported";
  fields.status = ParseOrderStatus(fields.status_text);

  const auto message = ToProto(*Order::Create(fields));

  EXPECT_EQ(message.status(), orders::v1::ORDER_STATUS_UNKNOWN);
  EXPECT_EQ(message.status_text(), "Teleported");
  EXPECT_EQ(message.lines(0).supply_mode(), orders::v1::SUPPLY_MODE_UNKNOWN);
  EXPECT_EQ(message.lines(0).supply_mode_text(), "Teleport");
}

NewVersion Version(std::int64_t number, OrderEventType type, bool recipients_changed = false) {
  return {.order = AnOrder("A-1"),
          .decision = {.verdict = Verdict::kChanged,
                       .version = number,
                       .status = OrderStatus::kInPreparation,
                       .event = type,
                       .recipients_changed = recipients_changed},
          .previous_status = OrderStatus::kAccepted,
          .fingerprint = {"content", "people"},
          .observed_at = kNoon,
          .account = AccountId{"account-1"},
          .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
}

TEST(OrderEvents, AVersionIsOneEventOneStateAndItsRecipientsWhenTheyChanged) {
  EXPECT_EQ(EventsOf(Version(2, OrderEventType::kReadyToShip)).size(), 2U);
  const auto events = EventsOf(Version(2, OrderEventType::kReadyToShip, true));

  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].topic, "cdiscount.order.events.v1");
  EXPECT_EQ(events[0].key, "CDISFR/98979/A-1");
  EXPECT_EQ(events[0].type, "com.cdiscount-connect.order.ready_to_ship.v1");
  EXPECT_EQ(events[0].subject, "A-1");
  EXPECT_EQ(events[1].topic, "cdiscount.order.state.v1");
  EXPECT_EQ(events[2].topic, "cdiscount.order.recipients.v1");
  EXPECT_FALSE(events[2].value) << "people are read when the row is published";
}

TEST(OrderEvents, AnEventSaysWhatWasAndWhatIs) {
  events::v1::OrderEvent event;
  ASSERT_TRUE(event.ParseFromString(*EventsOf(Version(2, OrderEventType::kReadyToShip))[0].value));

  EXPECT_EQ(event.version(), 2);
  EXPECT_EQ(event.previous_status(), orders::v1::ORDER_STATUS_ACCEPTED);
  EXPECT_EQ(event.order().status(), orders::v1::ORDER_STATUS_IN_PREPARATION);
  EXPECT_EQ(event.account_id(), "account-1");
  EXPECT_EQ(event.observed_at().seconds(), 1'790'000'000);
}

TEST(OrderEvents, TheIdFollowsFromTheFact) {
  const auto id = EventsOf(Version(2, OrderEventType::kReadyToShip))[0].id;

  EXPECT_EQ(EventsOf(Version(2, OrderEventType::kReadyToShip))[0].id, id);
  EXPECT_NE(EventsOf(Version(3, OrderEventType::kReadyToShip))[0].id, id);
  EXPECT_NE(EventsOf(Version(2, OrderEventType::kChanged))[0].id, id);
  EXPECT_NE(EventsOf(Version(2, OrderEventType::kReadyToShip))[1].id, id);
}

TEST(RecipientsMessage, APickupPointIsAFieldOfItsOwn) {
  Recipients recipients;
  recipients.billing = Address{.last_name = Pii{"Martin"}, .city = Pii{"Bordeaux"}, .country_code = "FR"};
  recipients.deliveries.push_back({.line_ids = {"A-1-1"},
                                   .address = {.line1 = Pii{"3 place Gambetta"}},
                                   .phone = Pii{"+33639980001"},
                                   .email = Pii{"relay@example.invalid"},
                                   .pickup_point = PickupPoint{"MondialRelay", "012345", "TABAC DU CENTRE"}});
  events::v1::OrderRecipients message;

  ASSERT_TRUE(message.ParseFromString(RecipientsMessage(AnOrder("A-1").key(), 4, recipients)));

  EXPECT_EQ(message.version(), 4);
  EXPECT_EQ(message.billing_address().last_name(), "Martin");
  ASSERT_EQ(message.recipients_size(), 1);
  EXPECT_EQ(message.recipients(0).pickup_point().id(), "012345");
  EXPECT_EQ(message.recipients(0).phone(), "+33639980001");
}

}  // namespace
}  // namespace cdiscount::order_ingest
