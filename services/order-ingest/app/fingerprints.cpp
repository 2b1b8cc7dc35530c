#include "app/fingerprints.hpp"

#include <utility>

#include "crypto/digest.hpp"
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

std::string Fingerprints::ContentHash(const Order& order) {
  return crypto::Sha256Hex(CanonicalContent(order));
}

Fingerprint Fingerprints::Of(const Order& order, const Recipients& recipients) const {
  return {.content = ContentHash(order),
          .recipients = recipients.empty() ? "" : crypto::HmacSha256Hex(key_, CanonicalRecipients(recipients))};
}

}  // namespace cdiscount::order_ingest
