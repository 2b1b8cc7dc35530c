#include "rows/orders.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

namespace cdiscount::order_ingest::rows {
namespace {

constexpr std::string_view kFind =
    "SELECT account_id, version, status, updated_at, newest_stamp, content_scheme, content_hash, recipients_mac,"
    " earlier, back, times_back, older_asks, ask_older_from, written_at, payload FROM orders WHERE order_key = :key"
    " {for update}";

constexpr std::string_view kSaveVersion =
    "INSERT INTO orders (order_key, order_id, account_id, version, status, updated_at, newest_stamp, content_scheme,"
    " content_hash, recipients_mac, earlier, older_asks, ask_older_from, written_at, first_seen_at, last_changed_at,"
    " payload) VALUES (:key, :id, :account, :version, :status, :updated, :newest, :scheme, :content, :mac, :earlier,"
    " :asks, :ask_from, :written, :now, :now, :payload)"
    " ON CONFLICT (order_key) DO UPDATE SET account_id = excluded.account_id, version = excluded.version,"
    " status = excluded.status, updated_at = excluded.updated_at, newest_stamp = excluded.newest_stamp,"
    " content_scheme = excluded.content_scheme, content_hash = excluded.content_hash,"
    " recipients_mac = excluded.recipients_mac, earlier = excluded.earlier, back = '', times_back = 0,"
    " older_asks = excluded.older_asks, ask_older_from = excluded.ask_older_from, written_at = excluded.written_at,"
    " last_changed_at = excluded.last_changed_at, payload = excluded.payload"
    " WHERE orders.version < excluded.version";

constexpr std::string_view kSaveKnown =
    "UPDATE orders SET updated_at = :updated, newest_stamp = :newest, content_scheme = :scheme,"
    " content_hash = :content, recipients_mac = :mac, earlier = :earlier, back = :back, times_back = :times_back, "
    "older_asks = :asks,"
    " ask_older_from = :ask_from WHERE order_key = :key";

constexpr std::string_view kSavePayload = "UPDATE orders SET payload = :payload WHERE order_key = :key";

constexpr std::string_view kSaveRecipients =
    "INSERT INTO order_recipients (order_key, version, sealed) VALUES (:key, :version, :sealed)"
    " ON CONFLICT (order_key) DO UPDATE SET version = excluded.version, sealed = excluded.sealed";
constexpr std::string_view kFindRecipients = "SELECT version, sealed FROM order_recipients WHERE order_key = :key";

std::optional<StoredRecipients> RecipientsOf(const std::optional<store::Row>& row) {
  if (!row) return std::nullopt;
  return StoredRecipients{.version = row->Int("version"), .sealed = row->Text("sealed")};
}

std::string ToWords(const std::vector<Fingerprint>& fingerprints) {
  std::string words;
  for (const auto& fingerprint : fingerprints) {
    words += (words.empty() ? "" : " ") + fingerprint.content + "/" + fingerprint.recipients;
  }
  return words;
}

std::vector<Fingerprint> FromWords(const std::string& words) {
  std::vector<Fingerprint> fingerprints;
  std::istringstream text(words);
  for (std::string word; text >> word;) {
    const auto slash = std::min(word.find('/'), word.size());
    fingerprints.push_back({word.substr(0, slash), word.substr(std::min(slash + 1, word.size()))});
  }
  return fingerprints;
}

}  // namespace

std::optional<StoredOrder> FindOrder(store::Transaction& transaction, const std::string& key) {
  const auto row = transaction.QueryOne(kFind, {{"key", key}});
  if (!row) return std::nullopt;
  StoredOrder stored;
  stored.account = AccountId{row->Text("account_id")};
  auto& known = stored.known;
  known.version = row->Int("version");
  known.status = ParseOrderStatus(row->TextView("status"));
  known.updated_at = row->MaybeTime("updated_at");
  known.newest_stamp = row->MaybeTime("newest_stamp");
  stored.scheme = static_cast<int>(row->Int("content_scheme"));
  known.fingerprint = {.content = row->Text("content_hash"), .recipients = row->Text("recipients_mac")};
  known.earlier = FromWords(row->Text("earlier"));
  if (const auto back = FromWords(row->Text("back")); !back.empty()) known.back = back.front();
  known.times_back = static_cast<int>(row->Int("times_back"));
  known.older_asks = static_cast<int>(row->Int("older_asks"));
  known.ask_older_from = row->MaybeTime("ask_older_from");
  known.written_at = row->Int("written_at");
  stored.payload = row->Bytes("payload");
  return stored;
}

void SaveVersion(store::Transaction& transaction, const OrderKey& key, const AccountId& account,
                 const KnownVersion& version, int scheme, std::string_view payload, SysTime now) {
  const auto text = key.ToString();
  const auto earlier = ToWords(version.earlier);
  const auto status = ToWord(version.status);
  const auto saved = transaction.Execute(kSaveVersion, {{"key", text},
                                                        {"id", key.order},
                                                        {"account", account},
                                                        {"version", version.version},
                                                        {"status", status},
                                                        {"updated", version.updated_at},
                                                        {"newest", version.newest_stamp},
                                                        {"scheme", scheme},
                                                        {"content", version.fingerprint.content},
                                                        {"mac", version.fingerprint.recipients},
                                                        {"earlier", earlier},
                                                        {"asks", version.older_asks},
                                                        {"ask_from", version.ask_older_from},
                                                        {"written", version.written_at},
                                                        {"now", now},
                                                        {"payload", store::Bytes{payload}}});
  if (saved != 1) {
    throw store::StoreError(ErrorCode::kAlreadyExists,
                            "version " + std::to_string(version.version) + " of order " + text + " is stored already");
  }
}

void SaveKnown(store::Transaction& transaction, const std::string& key, const KnownVersion& known, int scheme) {
  const auto earlier = ToWords(known.earlier);
  const auto back = known.back ? ToWords({*known.back}) : std::string();
  transaction.Execute(kSaveKnown, {{"updated", known.updated_at},
                                   {"newest", known.newest_stamp},
                                   {"scheme", scheme},
                                   {"content", known.fingerprint.content},
                                   {"mac", known.fingerprint.recipients},
                                   {"earlier", earlier},
                                   {"back", back},
                                   {"times_back", known.times_back},
                                   {"asks", known.older_asks},
                                   {"ask_from", known.ask_older_from},
                                   {"key", key}});
}

void SavePayload(store::Transaction& transaction, const std::string& key, std::string_view payload) {
  transaction.Execute(kSavePayload, {{"payload", store::Bytes{payload}}, {"key", key}});
}

std::string RecipientsRow(const std::string& key) {
  return "order-ingest/recipients/" + key;
}

void SaveRecipients(store::Transaction& transaction, const std::string& key, std::int64_t version,
                    std::string_view sealed) {
  transaction.Execute(kSaveRecipients, {{"key", key}, {"version", version}, {"sealed", sealed}});
}

std::optional<StoredRecipients> FindRecipients(store::Transaction& transaction, const std::string& key) {
  return RecipientsOf(transaction.QueryOne(kFindRecipients, {{"key", key}}));
}

std::optional<StoredRecipients> FindRecipients(store::Session& session, const std::string& key) {
  return RecipientsOf(session.QueryOne(kFindRecipients, {{"key", key}}));
}

}  // namespace cdiscount::order_ingest::rows
