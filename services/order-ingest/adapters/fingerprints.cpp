#include "adapters/fingerprints.hpp"

#include <utility>

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "store/session.hpp"

namespace cdiscount::order_ingest {
namespace {

constexpr std::string_view kRow = "order-ingest/fingerprint_key";

Result<Secret> LoadKey(store::Session& session, const crypto::SealedBox& box) {
  store::Transaction transaction(session);
  transaction.Execute("INSERT INTO fingerprint_key (only_one, sealed) VALUES (1, :sealed) ON CONFLICT DO NOTHING",
                      {box.Seal(crypto::HexEncode(crypto::RandomBytes(32)), kRow)});
  const auto rows = transaction.Query("SELECT sealed FROM fingerprint_key");
  auto key = box.OpenSecret(rows.at(0).Text(0), kRow);
  if (key) transaction.Commit();
  return key;
}

}  // namespace

Result<Fingerprints> Fingerprints::Load(store::Database& database, const crypto::SealedBox& box) {
  try {
    auto key = LoadKey(*database.NewSession(), box);
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
