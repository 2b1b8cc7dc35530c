// Do we read what the marketplace sends? Every field of docs/marketplace.md#orders, from recorded payloads.
#include <gmock/gmock.h>

#include <cstdint>
#include <random>

#include "core/testing/result_matchers.hpp"
#include "core/time_text.hpp"
#include "marketplace/rest/order_json.hpp"
#include "samples.hpp"

namespace cdiscount::contract {
namespace {

using fakes::Succeeds;
using marketplace::AddressDto;
using marketplace::OrderDto;
using marketplace::rest::ReadOrder;
using marketplace::rest::ReadOrdersPage;
using ::testing::IsEmpty;

OrderDto OrderOf(const std::string& sample) {
  const auto answer = ReadOrder(OctopiaSample(sample));
  EXPECT_THAT(answer, Succeeds());
  EXPECT_THAT(answer.value().warnings, IsEmpty());
  return answer.value().order;
}

void ExpectHomeOfClaireMartin(const AddressDto& address) {
  EXPECT_EQ(address.civility.Reveal(), "Mme");
  EXPECT_EQ(address.first_name.Reveal(), "Claire");
  EXPECT_EQ(address.last_name.Reveal(), "Martin");
  EXPECT_TRUE(address.company_name.empty());
  EXPECT_TRUE(address.company_vat_number.empty());
  EXPECT_EQ(address.address_line1.Reveal(), "18 rue Victor Hugo");
  EXPECT_EQ(address.address_line2.Reveal(), "Appartement 4");
  EXPECT_TRUE(address.address_line3.empty());
  EXPECT_EQ(address.postal_code.Reveal(), "33000");
  EXPECT_EQ(address.city.Reveal(), "Bordeaux");
  EXPECT_EQ(address.state_or_region, "");
  EXPECT_EQ(address.country_code, "FR");
}

TEST(OctopiaOrderInPreparation, IsReadAtOrderLevel) {
  const auto order = OrderOf("COMPOSED-order-inpreparation.json");

  EXPECT_EQ(order.order_id, "2610061530ABCDE");
  EXPECT_EQ(order.reference, "2610061530ABCDE");
  EXPECT_EQ(order.business_order, false);
  EXPECT_EQ(order.sales_channel_id, "CDISFR");
  EXPECT_EQ(order.sales_channel_name, "Cdiscount");
  EXPECT_EQ(order.seller_id, "98979");
  EXPECT_EQ(order.customer_reference, "CUST-0001");
  EXPECT_EQ(order.purchased_at, ParseIso8601("2026-10-06T15:30:00Z"));
  EXPECT_EQ(order.created_at, ParseIso8601("2026-10-06T15:31:04Z"));
  EXPECT_EQ(order.updated_at, ParseIso8601("2026-10-06T16:02:11Z"));
  EXPECT_EQ(order.shipped_at_max, ParseIso8601("2026-10-08T22:00:00Z"));
  EXPECT_EQ(order.status, "InPreparation");
  EXPECT_EQ(order.payment_method, "Card");
  EXPECT_EQ(order.currency_code, "EUR");
  ASSERT_TRUE(order.billing_address);
  ExpectHomeOfClaireMartin(*order.billing_address);
  EXPECT_EQ(order.total_price.selling_price.text, "124.78");
  EXPECT_EQ(order.total_price.offer_price.text, "124.78");
  EXPECT_THAT(order.service_fees, IsEmpty());
  EXPECT_THAT(order.status_events, IsEmpty());
  EXPECT_EQ(order.lines.size(), 2U);
}

TEST(OctopiaOrderInPreparation, IsReadAtLineLevel) {
  const auto line = OrderOf("COMPOSED-order-inpreparation.json").lines.at(0);

  EXPECT_EQ(line.order_line_id, "2610061530ABCDE-1");
  EXPECT_EQ(line.status, "InPreparation");
  EXPECT_EQ(line.quantity, 2);
  EXPECT_EQ(line.total_price.selling_price.text, "99.98");
  EXPECT_EQ(line.total_price.offer_price.text, "99.98");
  EXPECT_EQ(line.selling_price.unit_sales_price.text, "49.99");
  EXPECT_EQ(line.selling_price.shipping_cost.text, "4.9");
  ASSERT_EQ(line.selling_price.taxes.size(), 1U);
  EXPECT_EQ(line.selling_price.taxes[0].code, "VAT");
  EXPECT_EQ(line.selling_price.taxes[0].target, "Price");
  EXPECT_EQ(line.selling_price.taxes[0].amount.text, "16.66");
  EXPECT_EQ(line.selling_price.taxes[0].rate.text, "2000");
  EXPECT_EQ(line.selling_price.commission, std::nullopt);
  EXPECT_EQ(line.offer_price.unit_sales_price.text, "49.99");
  EXPECT_EQ(line.offer_price.taxes, line.selling_price.taxes);
  ASSERT_TRUE(line.offer_price.commission);
  EXPECT_EQ(line.offer_price.commission->amount_with_vat.text, "18.88");
  EXPECT_EQ(line.offer_price.commission->amount_without_vat.text, "15.73");
  EXPECT_EQ(line.offer_price.commission->rate.text, "1500");
  EXPECT_EQ(line.offer.id, "98979_3760452700039_New_CDISFR");
  EXPECT_EQ(line.offer.seller_product_id, "SKU-LAMP-01");
  EXPECT_EQ(line.offer.supply_mode, "Seller");
  EXPECT_EQ(line.offer.product_id, "AUC3760452700039");
  EXPECT_EQ(line.offer.product_title, "Lampe de bureau LED");
  EXPECT_EQ(line.offer.product_gtin, "3760452700039");
  EXPECT_EQ(line.offer.condition, "New");
  EXPECT_EQ(line.delivery.mode, "TrackedHomeDelivery");
  EXPECT_EQ(line.delivery.promised_at_min, ParseIso8601("2026-10-09T00:00:00Z"));
  EXPECT_EQ(line.delivery.promised_at_max, ParseIso8601("2026-10-12T00:00:00Z"));
  EXPECT_EQ(line.delivery.shipped_at_max, ParseIso8601("2026-10-08T22:00:00Z"));
  EXPECT_THAT(line.parcels, IsEmpty());
  EXPECT_TRUE(line.product_attributes.empty());
  EXPECT_THAT(line.status_events, IsEmpty());
  ASSERT_TRUE(line.shipping_address);
  ExpectHomeOfClaireMartin(*line.shipping_address);
  EXPECT_EQ(line.shipping_address->phone.Reveal(), "+33639980001");
  EXPECT_EQ(line.shipping_address->email.Reveal(), "relay-0001@example.invalid");
  EXPECT_EQ(line.shipping_address->pickup_id, "");
}

TEST(OctopiaOrderWaitingAcceptance, HasNoShippingAddress) {
  const auto order = OrderOf("COMPOSED-order-waitingacceptance.json");

  EXPECT_EQ(order.status, "WaitingAcceptance");
  ASSERT_EQ(order.lines.size(), 1U);
  EXPECT_EQ(order.lines[0].shipping_address, std::nullopt);
}

TEST(OctopiaOrderShipped, HasItsParcelAndItsPickupPoint) {
  const auto line = OrderOf("COMPOSED-order-shipped-pickup.json").lines.at(0);

  EXPECT_EQ(line.status, "Shipped");
  EXPECT_EQ(line.quantity, 3);
  ASSERT_EQ(line.parcels.size(), 1U);
  EXPECT_EQ(line.parcels[0].parcel_number, "12345678");
  EXPECT_EQ(line.parcels[0].carrier_name, "Mondial Relay");
  EXPECT_EQ(line.parcels[0].tracking_url, "https://www.mondialrelay.fr/suivi-de-colis/?numeroExpedition=12345678");
  ASSERT_TRUE(line.shipping_address);
  EXPECT_EQ(line.shipping_address->pickup_id, "012345");
  EXPECT_EQ(line.shipping_address->pickup_name, "TABAC DU CENTRE");
  EXPECT_EQ(line.shipping_address->address_line1.Reveal(), "3 place Gambetta");
}

TEST(OctopiaOrdersPage, HoldsTheSameOrderAsTheOrderItself) {
  const auto page = ReadOrdersPage(OctopiaSample("COMPOSED-orders-page.json"));

  ASSERT_THAT(page, Succeeds());
  EXPECT_EQ(page->item_count, 1U);
  EXPECT_THAT(page->unreadable, IsEmpty());
  ASSERT_EQ(page->orders.size(), 1U);
  EXPECT_TRUE(page->orders[0] == OrderOf("COMPOSED-order-inpreparation.json"));
}

TEST(OctopiaOrdersPage, IsReadAsAnotherClientRecordedIt) {
  const auto page = ReadOrdersPage(OctopiaSample("orders-page-odoo-fixture.json"));

  ASSERT_THAT(page, Succeeds());
  EXPECT_THAT(page->warnings, IsEmpty());
  ASSERT_EQ(page->orders.size(), 1U);
  const auto& order = page->orders[0];
  EXPECT_EQ(order.order_id, "CD-1");
  EXPECT_EQ(order.reference, "");
  EXPECT_EQ(order.total_price.selling_price.text, "255.0");
  ASSERT_EQ(order.lines.size(), 2U);
  EXPECT_EQ(order.lines[0].offer.seller_product_id, "ORD-CD-1");
  EXPECT_EQ(order.lines[0].offer.product_gtin, "");
  EXPECT_EQ(order.lines[0].shipping_address->address_line2.Reveal(), "Bât. B");
  EXPECT_TRUE(order.lines[0].shipping_address->phone.empty());
  EXPECT_EQ(order.lines[1].selling_price.shipping_cost.text, "0");
}

/// Whatever becomes of a page on its way, each item is read, kept as unreadable, in the rest of a list that breaks, or
/// the page is refused.
TEST(OctopiaOrdersPage, LosesNoItemWhateverBytesAreDamaged) {
  const auto one = OctopiaSample("COMPOSED-order-shipped-pickup.json");
  const std::string good = R"({"itemsPerPage":3,"items":[)" + one + "," + one + "," + one + "]}";
  constexpr std::uint64_t kSeed = 20261006;
  std::mt19937_64 random(kSeed);
  const std::string replacements = std::string("{}[],:\"\\0-eE.ntfu \n\x80\xff") + '\0';
  std::size_t read = 0;
  std::size_t refused = 0;
  std::size_t cut = 0;

  for (int round = 0; round < 3000; ++round) {
    auto damaged = good;
    for (auto times = random() % 3 + 1; times > 0; --times) {
      auto& byte = damaged[random() % damaged.size()];
      byte = replacements[random() % replacements.size()];
    }
    const auto page = ReadOrdersPage(damaged);
    if (!page) {
      ++refused;
      EXPECT_EQ(page.error().code, ErrorCode::kUnreadable);
      continue;
    }
    ++read;
    if (page->cut) ++cut;
    EXPECT_EQ(page->orders.size() + page->unreadable.size(), page->item_count)
        << "seed " << kSeed << " round " << round;
    EXPECT_TRUE(page->cut || page->item_count >= 1) << "seed " << kSeed << " round " << round;
  }
  EXPECT_GT(read - cut, 100U);
  EXPECT_GT(cut, 100U);
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace cdiscount::contract
