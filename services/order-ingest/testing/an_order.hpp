#pragma once

#include <string>
#include <utility>

#include "domain/order.hpp"

namespace cdiscount::order_ingest::fakes {

inline const SysTime kNoon{std::chrono::seconds{1'790'000'000}};

/// The fields of an ordinary order: two lines, in preparation, touched at noon.
inline OrderFields FieldsOf(std::string id, std::string status = "InPreparation", SysTime updated_at = kNoon) {
  OrderFields fields;
  fields.key = {ChannelId{"CDISFR"}, SellerId{"98979"}, OrderId{id}};
  fields.reference = id;
  fields.status = ParseOrderStatus(status);
  fields.status_text = status;
  fields.updated_at = updated_at;
  fields.created_at = kNoon - std::chrono::hours{1};
  fields.currency = "EUR";
  fields.total_selling = Money{12478, "EUR"};
  OrderLine lamp;
  lamp.id = id + "-1";
  lamp.status = fields.status;
  lamp.status_text = status;
  lamp.quantity = 2;
  lamp.sku = Sku{"SKU-LAMP-01"};
  lamp.selling.unit = Money{4999, "EUR"};
  lamp.supply_mode = "Seller";
  OrderLine bulb = lamp;
  bulb.id = id + "-2";
  bulb.quantity = 1;
  bulb.sku = Sku{"SKU-BULB-02"};
  bulb.selling.unit = Money{1990, "EUR"};
  fields.lines = {lamp, bulb};
  return fields;
}

inline Order AnOrder(std::string id, std::string status = "InPreparation", SysTime updated_at = kNoon) {
  return *Order::Create(FieldsOf(std::move(id), std::move(status), updated_at));
}

}  // namespace cdiscount::order_ingest::fakes
