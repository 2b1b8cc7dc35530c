#include "domain/recipients.hpp"

#include <algorithm>

namespace cdiscount::order_ingest {
namespace {

void Add(std::string& out, const std::string& value) {
  out.append(std::to_string(value.size())).append(":").append(value).append(";");
}

void Add(std::string& out, const Address& address) {
  for (const auto* part : {&address.civility, &address.first_name, &address.last_name, &address.company_name,
                           &address.company_vat_number, &address.line1, &address.line2, &address.line3,
                           &address.postal_code, &address.city, &address.state_or_region}) {
    Add(out, part->Reveal());
  }
  Add(out, address.country_code);
}

}  // namespace

std::string CanonicalRecipients(const Recipients& recipients) {
  std::string out;
  if (recipients.billing) Add(out, *recipients.billing);
  out.append("|");
  std::vector<std::string> parts;
  for (const auto& recipient : recipients.deliveries) {
    std::string part;
    auto lines = recipient.line_ids;
    std::sort(lines.begin(), lines.end());
    for (const auto& line : lines) Add(part, line);
    part.append("|");
    Add(part, recipient.address);
    Add(part, recipient.phone.Reveal());
    Add(part, recipient.email.Reveal());
    if (recipient.pickup_point) {
      Add(part, recipient.pickup_point->network);
      Add(part, recipient.pickup_point->id);
      Add(part, recipient.pickup_point->name);
    }
    parts.push_back(std::move(part));
  }
  std::sort(parts.begin(), parts.end());
  for (const auto& part : parts) Add(out, part);
  return out;
}

}  // namespace cdiscount::order_ingest
