#include "app/order_mapping.hpp"

#include <gmock/gmock.h>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::order_ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::SizeIs;

const SellerRef kAccount{AccountId{"account-1"}, SellerId{"98979"}, ChannelId{"CDISFR"}};

marketplace::OrderDto ADto() {
  marketplace::OrderDto dto;
  dto.order_id = "A-1";
  dto.status = "InPreparation";
  dto.currency_code = "EUR";
  dto.total_price.selling_price = {"124.78"};
  marketplace::OrderLineDto line;
  line.order_line_id = "A-1-1";
  line.status = "InPreparation";
  line.quantity = 2;
  line.offer.seller_product_id = "SKU-LAMP-01";
  line.selling_price.unit_sales_price = {"49.99"};
  line.selling_price.shipping_cost = {"4.9"};
  line.offer_price.commission = marketplace::CommissionDto{{"15.73"}, {"18.88"}, {"1500"}};
  dto.lines = {line};
  return dto;
}

TEST(OrderMapping, AmountsAreTheDecimalTextInMinorUnitsOfTheOrdersCurrency) {
  const auto order = OrderFrom(ADto(), kAccount);

  ASSERT_THAT(order, cdiscount::fakes::Succeeds());
  EXPECT_EQ(order->fields().total_selling, (Money{12478, "EUR"}));
  const auto& line = order->fields().lines.at(0);
  EXPECT_EQ(line.selling.unit, (Money{4999, "EUR"}));
  EXPECT_EQ(line.selling.shipping, (Money{490, "EUR"}));
  EXPECT_EQ(line.commission->with_vat, (Money{1888, "EUR"}));
  EXPECT_EQ(line.commission->rate, "1500");
}

TEST(OrderMapping, ACurrencyWithoutHundredthsIsReadInItsOwnUnit) {
  auto dto = ADto();
  dto.currency_code = "JPY";
  dto.total_price.selling_price = {"12478"};

  EXPECT_EQ(OrderFrom(dto, kAccount)->fields().total_selling, (Money{12478, "JPY"}));
}

TEST(OrderMapping, APriceThatIsNoNumberIsAbsentAndTheOrderGoesOn) {
  auto dto = ADto();
  dto.total_price.selling_price = {"free"};

  EXPECT_EQ(OrderFrom(dto, kAccount)->fields().total_selling, std::nullopt);
}

TEST(OrderMapping, TheChannelIsTheOneTheOrderNames) {
  EXPECT_EQ(OrderFrom(ADto(), kAccount)->key().ToString(), "CDISFR/98979/A-1");
  auto dto = ADto();
  dto.sales_channel_id = "OTHER";

  EXPECT_EQ(OrderFrom(dto, kAccount)->key().ToString(), "OTHER/98979/A-1");
}

TEST(OrderMapping, AnOrderOfAnotherSellerIsNoneOfOurs) {
  auto dto = ADto();
  dto.seller_id = "98979";
  EXPECT_THAT(OrderFrom(dto, kAccount), cdiscount::fakes::Succeeds());
  dto.seller_id = "77777";

  const auto order = OrderFrom(dto, kAccount);

  ASSERT_THAT(order, cdiscount::fakes::FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(order.error().message, ::testing::HasSubstr("seller.id: names another seller"));
}

TEST(OrderMapping, WhatIsNotSentIsAbsent) {
  marketplace::OrderDto bare;
  bare.order_id = "A-1";
  bare.status = "Teleported";

  const auto order = OrderFrom(bare, kAccount);

  ASSERT_THAT(order, cdiscount::fakes::Succeeds());
  EXPECT_EQ(order->status(), OrderStatus::kUnknown);
  EXPECT_EQ(order->fields().status_text, "Teleported");
  EXPECT_EQ(order->updated_at(), std::nullopt);
  EXPECT_TRUE(RecipientsFrom(bare).empty());
}

marketplace::AddressDto Home() {
  marketplace::AddressDto home;
  home.last_name = Pii{"Martin"};
  home.city = Pii{"Bordeaux"};
  home.phone = Pii{"+33639980001"};
  return home;
}

TEST(RecipientsMapping, LinesThatGoToTheSamePlaceAreOneRecipient) {
  auto dto = ADto();
  dto.lines[0].shipping_address = Home();
  dto.lines.push_back(dto.lines[0]);
  dto.lines[1].order_line_id = "A-1-2";
  dto.lines.push_back(dto.lines[0]);
  dto.lines[2].order_line_id = "A-1-3";
  dto.lines[2].shipping_address->city = Pii{"Lyon"};

  const auto recipients = RecipientsFrom(dto);

  ASSERT_THAT(recipients.deliveries, SizeIs(2));
  EXPECT_THAT(recipients.deliveries[0].line_ids, ElementsAre("A-1-1", "A-1-2"));
  EXPECT_THAT(recipients.deliveries[1].line_ids, ElementsAre("A-1-3"));
}

TEST(RecipientsMapping, APickupNameIsKeptWithoutAnIdAndABlankIdIsAbsent) {
  auto dto = ADto();
  dto.lines[0].delivery.mode = "MondialRelay";
  dto.lines[0].shipping_address = Home();
  dto.lines[0].shipping_address->pickup_name = "TABAC DU CENTRE";
  EXPECT_THAT(RecipientsFrom(dto).deliveries.at(0).pickup_point,
              Optional(PickupPoint{"MondialRelay", "", "TABAC DU CENTRE"}));
  dto.lines[0].shipping_address->pickup_id = "  ";
  EXPECT_EQ(RecipientsFrom(dto).deliveries.at(0).pickup_point->id, "");
  EXPECT_FALSE(OrderFrom(dto, kAccount)->fields().lines.at(0).delivery.to_pickup_point);
  dto.lines[0].shipping_address->pickup_name = "\t";
  EXPECT_EQ(RecipientsFrom(dto).deliveries.at(0).pickup_point, std::nullopt);
}

TEST(RecipientsMapping, APickupPointIsNeverTheBuyersHome) {
  auto dto = ADto();
  dto.billing_address = Home();
  dto.lines[0].delivery.mode = "MondialRelay";
  dto.lines[0].shipping_address = Home();
  dto.lines[0].shipping_address->pickup_id = "012345";
  dto.lines[0].shipping_address->pickup_name = "TABAC DU CENTRE";

  const auto recipients = RecipientsFrom(dto);

  EXPECT_THAT(recipients.deliveries.at(0).pickup_point,
              Optional(PickupPoint{"MondialRelay", "012345", "TABAC DU CENTRE"}));
  EXPECT_TRUE(OrderFrom(dto, kAccount)->fields().lines.at(0).delivery.to_pickup_point);
  EXPECT_TRUE(recipients.billing);
}

}  // namespace
}  // namespace cdiscount::order_ingest
