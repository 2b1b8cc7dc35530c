#include "app/fingerprints.hpp"

#include "marketplace/order_content.hpp"
#include "rows/fingerprint_key.hpp"

namespace cdiscount::order_ingest {

Result<Fingerprints> Fingerprints::Load(store::Database& database, const crypto::SealedBox& box) {
  try {
    auto key = rows::LoadFingerprintKey(*database.NewSession(), box);
    if (!key) return key.error();
    return Fingerprints(std::move(*key));
  } catch (const store::StoreError& error) {
    return Error{.code = error.code(), .message = error.what()};
  }
}

Fingerprint Fingerprints::Of(std::string_view order, const marketplace::Recipients& recipients) const {
  return {.content = marketplace::ContentHash(order), .recipients = recipients.Digest(key_)};
}

Fingerprint Fingerprints::Of(orders::v1::Order order, const marketplace::Recipients& recipients, int scheme) const {
  marketplace::ClearNewer(order, scheme);
  return {.content = marketplace::ContentHash(marketplace::BytesOf(order)),
          .recipients = recipients.Digest(key_, scheme)};
}

}  // namespace cdiscount::order_ingest
