#include "rows/fingerprint_key.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::order_ingest::rows {
namespace {

constexpr std::string_view kRow = "order-ingest/fingerprint_key";
constexpr std::string_view kInsert =
    "INSERT INTO fingerprint_key (only_one, sealed) VALUES (1, :sealed) ON CONFLICT DO NOTHING";
constexpr std::string_view kFind = "SELECT sealed FROM fingerprint_key";

}  // namespace

Result<Secret> LoadFingerprintKey(store::Session& session, const crypto::SealedBox& box) {
  store::Transaction transaction(session);
  const auto made = box.Seal(crypto::HexEncode(crypto::RandomBytes(32)), kRow);
  transaction.Execute(kInsert, {{"sealed", made}});
  auto key = box.OpenSecret(transaction.Query(kFind).at(0).TextView("sealed"), kRow);
  if (key) transaction.Commit();
  return key;
}

}  // namespace cdiscount::order_ingest::rows
