#include "app/order_events.hpp"
#include "cdiscount/events/v1/order_recipients.pb.h"

namespace cdiscount::order_ingest {
namespace {

namespace ev = cdiscount::events::v1;

void Set(ev::Address* out, const Address& address) {
  out->set_civility(address.civility.Reveal());
  out->set_first_name(address.first_name.Reveal());
  out->set_last_name(address.last_name.Reveal());
  out->set_company_name(address.company_name.Reveal());
  out->set_company_vat_number(address.company_vat_number.Reveal());
  out->set_address_line1(address.line1.Reveal());
  out->set_address_line2(address.line2.Reveal());
  out->set_address_line3(address.line3.Reveal());
  out->set_postal_code(address.postal_code.Reveal());
  out->set_city(address.city.Reveal());
  out->set_state_or_region(address.state_or_region.Reveal());
  out->set_country_code(address.country_code);
}

}  // namespace

std::string RecipientsMessage(const OrderKey& key, std::int64_t version, const Recipients& recipients) {
  ev::OrderRecipients out;
  out.set_sales_channel_id(key.channel.value());
  out.set_seller_id(key.seller.value());
  out.set_order_id(key.order.value());
  out.set_version(version);
  if (recipients.billing) Set(out.mutable_billing_address(), *recipients.billing);
  for (const auto& recipient : recipients.deliveries) {
    auto* added = out.add_recipients();
    for (const auto& line : recipient.line_ids) added->add_order_line_ids(line);
    Set(added->mutable_delivery_address(), recipient.address);
    added->set_phone(recipient.phone.Reveal());
    added->set_email(recipient.email.Reveal());
    if (recipient.pickup_point) {
      auto* point = added->mutable_pickup_point();
      point->set_network(recipient.pickup_point->network);
      point->set_id(recipient.pickup_point->id);
      point->set_name(recipient.pickup_point->name);
    }
  }
  return out.SerializeAsString();
}

}  // namespace cdiscount::order_ingest
