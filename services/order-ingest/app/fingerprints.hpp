#pragma once

#include "core/result.hpp"
#include "core/secret.hpp"
#include "crypto/sealed_box.hpp"
#include "domain/compare.hpp"
#include "domain/order.hpp"
#include "domain/recipients.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

/// Makes the hashes that tell versions apart. Immutable and thread-safe.
class Fingerprints {
 public:
  explicit Fingerprints(Secret key) : key_(std::move(key)) {}

  /// With the key that the database keeps. Blocks: for the start of a process. See LoadFingerprintKey.
  static Result<Fingerprints> Load(store::Database& database, const crypto::SealedBox& box);

  Fingerprint Of(const Order& order, const Recipients& recipients) const;
  /// SHA-256 of CanonicalContent.
  static std::string ContentHash(const Order& order);

 private:
  Secret key_;
};

}  // namespace cdiscount::order_ingest
