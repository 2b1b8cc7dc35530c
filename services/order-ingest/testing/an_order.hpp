#pragma once

#include <string>
#include <utility>

#include "app/order_page.hpp"
#include "domain/messages.hpp"
#include "domain/order_status.hpp"
#include "marketplace/order_content.hpp"

namespace cdiscount::order_ingest::fakes {

inline const SysTime kNoon{std::chrono::seconds{1'790'000'000}};

/// An ordinary order as the marketplace shows it: two lines, in preparation, touched at noon.
inline orders::v1::Order AnOrder(const std::string& id, const std::string& status = "InPreparation",
                                 std::optional<SysTime> updated_at = kNoon) {
  orders::v1::Order order;
  order.set_sales_channel_id("CDISFR");
  order.set_seller_id("98979");
  order.set_order_id(id);
  order.set_reference(id);
  order.set_status_text(status);
  if (updated_at) Set(order.mutable_updated_at(), *updated_at);
  Set(order.mutable_created_at(), kNoon - std::chrono::hours{1});
  order.set_currency("EUR");
  order.mutable_total_selling_price()->set_minor_units(12478);
  order.mutable_total_selling_price()->set_currency("EUR");
  const auto add_line = [&](const std::string& line_id, int quantity, const std::string& sku, int cents) {
    auto& line = *order.add_lines();
    line.set_order_line_id(line_id);
    line.set_status_text(status);
    line.set_quantity(quantity);
    line.set_sku(sku);
    line.mutable_selling_price()->mutable_unit_price()->set_minor_units(cents);
    line.mutable_selling_price()->mutable_unit_price()->set_currency("EUR");
    line.set_supply_mode_text("Seller");
  };
  add_line(id + "-1", 2, "SKU-LAMP-01", 4999);
  add_line(id + "-2", 1, "SKU-BULB-02", 1990);
  marketplace::Canonicalise(order);
  return order;
}

/// The order as it is read for account-1.
inline IncomingOrder Incoming(orders::v1::Order order, events::v1::OrderRecipients people = {}) {
  marketplace::ObservedOrder observed{std::move(order), marketplace::Recipients(std::move(people)), {}};
  const SellerRef seller{AccountId{"account-1"}, SellerId{"98979"}, ChannelId{"CDISFR"}};
  return Take(observed, seller, Fingerprints(Secret{"a key"})).value();
}

}  // namespace cdiscount::order_ingest::fakes
