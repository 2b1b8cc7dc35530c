#include "marketplace/recipients.hpp"

#include <algorithm>

#include "crypto/digest.hpp"

namespace cdiscount::marketplace {

Recipients::Recipients(events::v1::OrderRecipients people) : people_(std::move(people)) {
  for (auto& recipient : *people_.mutable_recipients()) std::ranges::sort(*recipient.mutable_order_line_ids());
  auto& recipients = *people_.mutable_recipients();
  std::sort(recipients.pointer_begin(), recipients.pointer_end(), [](const auto* a, const auto* b) {
    const auto lines = std::ranges::lexicographical_compare(a->order_line_ids(), b->order_line_ids());
    const auto back = std::ranges::lexicographical_compare(b->order_line_ids(), a->order_line_ids());
    return lines || (!back && a->SerializeAsString() < b->SerializeAsString());
  });
}

std::string Recipients::Digest(const Secret& key, int scheme) const {
  if (empty()) return {};
  if (scheme >= CurrentScheme()) return crypto::HmacSha256Hex(key, people_.SerializeAsString());
  auto older = people_;
  ClearNewer(older, scheme);
  return crypto::HmacSha256Hex(key, older.SerializeAsString());
}

Result<std::string> Recipients::Seal(const crypto::SealedBox& box, std::string_view row, const orders::v1::Order& order,
                                     std::int64_t version, std::size_t limit) const {
  auto record = people_;
  record.set_sales_channel_id(order.sales_channel_id());
  record.set_seller_id(order.seller_id());
  record.set_order_id(order.order_id());
  record.set_version(version);
  const auto bytes = record.SerializeAsString();
  if (bytes.size() <= limit) return box.Seal(bytes, row);
  return Error{.code = ErrorCode::kInvalidArgument,
               .message = "the order's recipients need " + std::to_string(bytes.size()) +
                          " bytes, and an event may have " + std::to_string(limit)};
}

Result<std::string> Recipients::ToPublish(const crypto::SealedBox& box, std::string_view row, std::string_view sealed) {
  return box.Open(sealed, row);
}

Result<Recipients> Recipients::Unseal(const crypto::SealedBox& box, std::string_view row, std::string_view sealed) {
  const auto record = box.Open(sealed, row);
  if (!record) return record.error();
  events::v1::OrderRecipients people;
  if (!people.ParseFromString(*record)) {
    return Error{.code = ErrorCode::kUnreadable,
                 .message = "what was sealed for " + std::string(row) + " are no recipients"};
  }
  people.DiscardUnknownFields();  // a newer program's: this one can neither read nor compare them
  people.clear_sales_channel_id();
  people.clear_seller_id();
  people.clear_order_id();
  people.clear_version();
  return Recipients(std::move(people));
}

}  // namespace cdiscount::marketplace
