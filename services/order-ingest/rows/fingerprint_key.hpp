#pragma once

#include "core/result.hpp"
#include "core/secret.hpp"
#include "crypto/sealed_box.hpp"
#include "store/session.hpp"

namespace cdiscount::order_ingest::rows {

/// The key that the table "fingerprint_key" holds (encrypted), made at the first start. Fails with kUnreadable when the
/// key file cannot open it. Throws StoreError.
Result<Secret> LoadFingerprintKey(store::Session& session, const crypto::SealedBox& box);

}  // namespace cdiscount::order_ingest::rows
