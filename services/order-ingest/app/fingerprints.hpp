#pragma once

#include <string_view>
#include <utility>

#include "cdiscount/orders/v1/order.pb.h"
#include "core/result.hpp"
#include "core/secret.hpp"
#include "crypto/sealed_box.hpp"
#include "domain/compare.hpp"
#include "marketplace/recipients.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

/// Makes the hashes that tell versions apart. Immutable and thread-safe.
class Fingerprints {
 public:
  explicit Fingerprints(Secret key) : key_(std::move(key)) {}

  /// With the key that the database keeps. Blocks: for the start of a process. See LoadFingerprintKey.
  static Result<Fingerprints> Load(store::Database& database, const crypto::SealedBox& box);

  /// `order` are the bytes of its message.
  Fingerprint Of(std::string_view order, const marketplace::Recipients& recipients) const;
  /// Without the fields that came after `scheme`.
  Fingerprint Of(orders::v1::Order order, const marketplace::Recipients& recipients, int scheme) const;

 private:
  Secret key_;
};

}  // namespace cdiscount::order_ingest
