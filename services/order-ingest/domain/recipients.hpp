#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/secret.hpp"

namespace cdiscount::order_ingest {

/// A postal address. Source: octopia-rest-v2.md, 3.4, "Address fields". Absent parts are empty.
struct Address {
  Pii civility, first_name, last_name, company_name, company_vat_number;
  Pii line1, line2, line3, postal_code, city, state_or_region;
  std::string country_code;  ///< ISO 3166-1, two letters.

  friend bool operator==(const Address&, const Address&) = default;
};

/// A shop where the buyer collects the parcel; never mistaken for the buyer's home.
struct PickupPoint {
  std::string network;  ///< The delivery mode's label.
  std::string id;       ///< May be empty when there is a name.
  std::string name;

  friend bool operator==(const PickupPoint&, const PickupPoint&) = default;
};

/// Who gets some lines of an order.
struct Recipient {
  std::vector<std::string> line_ids;
  Address address;
  Pii phone;
  Pii email;
  std::optional<PickupPoint> pickup_point;
};

/// All that an order says about people: kept, hashed and published apart from the order.
struct Recipients {
  std::optional<Address> billing;
  std::vector<Recipient> deliveries;  ///< One per distinct address.

  bool empty() const { return !billing && deliveries.empty(); }
};

/// The recipients in one text, for a keyed hash: the same people in another order of lines give the same text.
std::string CanonicalRecipients(const Recipients& recipients);

}  // namespace cdiscount::order_ingest
