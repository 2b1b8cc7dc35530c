#include "adapters/order_rows.hpp"

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include "adapters/fingerprints.hpp"
#include "adapters/order_events.hpp"
#include "adapters/storable_text.hpp"
#include "cdiscount/orders/v1/order.pb.h"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::order_ingest {
namespace {

constexpr std::string_view kSelectOrder =
    "SELECT version, status, updated_at, content_scheme, content_hash, recipients_mac, earlier, back,"
    " times_back, written_at, payload, older_asks, ask_older_from, account_id, newest_stamp FROM orders"
    " WHERE order_key = :key";

// The account's row is locked already; this is for two accounts of one seller.
constexpr std::string_view kSelectOrderPostgres =
    "SELECT version, status, updated_at, content_scheme, content_hash, recipients_mac, earlier, back,"
    " times_back, written_at, payload, older_asks, ask_older_from, account_id, newest_stamp FROM orders"
    " WHERE order_key = :key FOR UPDATE";

constexpr std::string_view kInsertOrder =
    "INSERT INTO orders (order_key, order_id, account_id, version, status, updated_at, content_scheme, content_hash,"
    " recipients_mac, written_at, first_seen_at, last_changed_at, payload, newest_stamp)"
    " VALUES (:key, :id, :account, :version, :status, :updated, :scheme, :content, :mac, :written, :seen, :changed,"
    " :payload, :newest)";

constexpr std::string_view kUpdateOrder =
    "UPDATE orders SET account_id = :account, version = :version, status = :status, updated_at = :updated,"
    " content_scheme = :scheme, content_hash = :content, recipients_mac = :mac, earlier = :earlier, back = '',"
    " times_back = 0, older_asks = :asks, ask_older_from = :from, newest_stamp = :newest, written_at = :written,"
    " last_changed_at = :changed, payload = :payload WHERE order_key = :key";

constexpr std::string_view kTouchOrder =
    "UPDATE orders SET updated_at = :updated, content_scheme = :scheme, content_hash = :content, back = '',"
    " times_back = 0, earlier = :earlier, newest_stamp = :newest WHERE order_key = :key";

constexpr std::string_view kNoteBack = "UPDATE orders SET back = :back, times_back = :times WHERE order_key = :key";

constexpr std::string_view kNoteOlder =
    "UPDATE orders SET older_asks = older_asks + 1, ask_older_from = :from WHERE order_key = :key";

constexpr std::string_view kUpsertRecipients =
    "INSERT INTO order_recipients (order_key, version, sealed) VALUES (:key, :version, :sealed)"
    " ON CONFLICT (order_key) DO UPDATE SET version = excluded.version, sealed = excluded.sealed";

// Only a try of ours counts as one: an ordinary poll may meet the same text every few seconds.
constexpr std::string_view kUpsertUnreadable =
    "INSERT INTO unreadable_order (account_id, id, order_id, reason, sealed, window_min, first_seen_at, last_seen_at,"
    " attempts, next_try_at) VALUES (:account, :id, :order_id, :reason, :sealed, :window, :first, :last, 1, :next)"
    " ON CONFLICT (account_id, id) DO UPDATE SET reason = excluded.reason, sealed = excluded.sealed,"
    " last_seen_at = excluded.last_seen_at RETURNING CASE WHEN first_seen_at = last_seen_at THEN 1 ELSE 0 END";

constexpr auto kFirstRetry = std::chrono::minutes{1};  // then see lease_rows.cpp

struct StoredOrder {
  KnownVersion known;
  int scheme = 0;
};

std::string ToWord(const Fingerprint& fingerprint) {
  return fingerprint.content + "/" + fingerprint.recipients;
}

std::string ToWords(const std::vector<Fingerprint>& fingerprints) {
  std::string words;
  for (const auto& fingerprint : fingerprints) words += (words.empty() ? "" : " ") + ToWord(fingerprint);
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

std::optional<StoredOrder> Find(store::Transaction& transaction, const std::string& key, const AccountId& account) {
  const auto rows =
      transaction.Query(transaction.engine() == store::Engine::kPostgres ? kSelectOrderPostgres : kSelectOrder, {key});
  if (rows.empty()) return std::nullopt;
  const auto& row = rows[0];
  StoredOrder stored;
  stored.known.version = row.Int(0);
  stored.known.status = ParseOrderStatus(row.Text(1));
  stored.known.updated_at = row.MaybeTime(2);
  stored.scheme = static_cast<int>(row.Int(3));
  stored.known.fingerprint = {.content = row.Text(4), .recipients = row.Text(5)};
  stored.known.earlier = FromWords(row.Text(6));
  if (const auto back = FromWords(row.Text(7)); !back.empty()) stored.known.back = back.front();
  stored.known.times_back = static_cast<int>(row.Int(8));
  // Each account counts its own writes. The order may have come by another one: its count says nothing here.
  if (row.Text(13) == account.value()) stored.known.written_at = row.Int(9);
  stored.known.older_asks = static_cast<int>(row.Int(11));
  stored.known.ask_older_from = row.MaybeTime(12);
  stored.known.newest_stamp = row.MaybeTime(14);
  if (stored.scheme != kContentScheme) {
    // Hashed in another form: what is stored is hashed again, so that a new form announces nothing by itself.
    orders::v1::Order message;
    if (!message.ParseFromString(crypto::Base64Decode(row.Text(10)).value_or(""))) {
      throw store::StoreError(ErrorCode::kInternal, "orders.payload of " + key + " is no Order");
    }
    const auto order = FromProto(message);
    if (!order) throw store::StoreError(ErrorCode::kInternal, order.error().message);
    stored.known.fingerprint.content = Fingerprints::ContentHash(*order);
    stored.known.earlier.clear();
  }
  return stored;
}

std::optional<SysTime> NewestStamp(const KnownVersion& known, const Order& order) {
  return std::max({known.newest_stamp, known.updated_at, order.updated_at()});
}

void Write(store::Transaction& transaction, const PageContext& page, const std::optional<StoredOrder>& stored,
           const NewVersion& version) {
  const auto& order = version.order;
  const auto key = order.key().ToString();
  const auto payload = crypto::Base64Encode(ToProto(order).SerializeAsString());
  if (!stored) {
    transaction.Execute(kInsertOrder, {key, order.key().order.value(), page.lease.who.account.value(),
                                       version.decision.version, ToString(order.status()), order.updated_at(),
                                       kContentScheme, version.fingerprint.content, version.fingerprint.recipients,
                                       page.write_counter, page.now, page.now, payload, order.updated_at()});
    return;
  }
  // Without a newest stamp the order may go back and forth: what tells that is kept, the pause of older answers too.
  const auto& known = stored->known;
  const bool newest = IsNewestStamp(known, order.updated_at());
  transaction.Execute(kUpdateOrder, {page.lease.who.account.value(), version.decision.version, ToString(order.status()),
                                     order.updated_at() ? order.updated_at() : known.updated_at, kContentScheme,
                                     version.fingerprint.content, version.fingerprint.recipients,
                                     newest ? "" : ToWords(EarlierAfter(known, version.fingerprint)),
                                     newest ? 0 : known.older_asks, newest ? std::nullopt : known.ask_older_from,
                                     NewestStamp(known, order), page.write_counter, page.now, payload, key});
}

void Touch(store::Transaction& transaction, const StoredOrder& stored, const IncomingOrder& incoming,
           const std::string& key) {
  const auto& known = stored.known;
  const auto updated_at = incoming.order.updated_at() ? incoming.order.updated_at() : known.updated_at;
  if (updated_at == known.updated_at && stored.scheme == kContentScheme && known.times_back == 0) return;
  transaction.Execute(kTouchOrder, {updated_at, kContentScheme, incoming.fingerprint.content,
                                    IsNewestStamp(known, updated_at) ? "" : ToWords(known.earlier),
                                    NewestStamp(known, incoming.order), key});
}

// Before anything is written: what Kafka would refuse would hold up all that is behind it.
Status CheckSizes(const std::vector<outbox::Event>& events, const std::string& recipients, std::size_t limit) {
  auto largest = recipients.size();
  for (const auto& event : events) largest = std::max(largest, event.value ? event.value->size() : 0);
  if (largest <= limit) return Ok();
  return Error{.code = ErrorCode::kInvalidArgument,
               .message = "the order needs " + std::to_string(largest) + " bytes, and an event may have " +
                          std::to_string(limit)};
}

}  // namespace

Result<Decision> KeepOrder(store::Transaction& transaction, const PageContext& page, const IncomingOrder& incoming) {
  const auto key = incoming.order.key().ToString();
  if (!IsStorableKey(key)) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .message = "the order id \"" + Storable(incoming.order.key().order.value(), 40) +
                            "\" cannot be a key: it holds NUL or wrong bytes, or the key has more than " +
                            std::to_string(kLongestKey) + " bytes"};
  }
  const auto stored = Find(transaction, key, page.lease.who.account);
  const auto decision =
      Compare(stored ? std::optional(stored->known) : std::nullopt, {.status = incoming.order.status(),
                                                                     .updated_at = incoming.order.updated_at(),
                                                                     .fingerprint = incoming.fingerprint,
                                                                     .asked_at = page.asked_at,
                                                                     .alone = page.alone,
                                                                     .now = page.now});
  switch (decision.verdict) {
    case Verdict::kOlder:
      if (decision.ask_again) {
        transaction.Execute(kNoteOlder, {page.now + PauseAfterOlder(stored->known.older_asks + 1), key});
      }
      return decision;
    case Verdict::kAskAgain:
      return decision;
    case Verdict::kFlicker:
      transaction.Execute(kNoteBack, {ToWord(incoming.fingerprint), decision.times_back, key});
      return decision;
    case Verdict::kUnchanged:
      Touch(transaction, *stored, incoming, key);
      return decision;
    case Verdict::kNew:
    case Verdict::kChanged:
    case Verdict::kSetBack:
      break;
  }

  const NewVersion version{
      .order = incoming.order.WithStatus(decision.status),
      .decision = decision,
      .previous_status = stored ? std::optional(stored->known.status) : std::nullopt,
      .fingerprint = incoming.fingerprint,
      .observed_at = page.now,
      .account = page.lease.who.account,
      .traceparent = page.lease.who.traceparent,
  };
  const auto events = EventsOf(version);
  const auto message = decision.recipients_changed
                           ? RecipientsMessage(incoming.order.key(), decision.version, incoming.recipients)
                           : std::string();
  if (auto fits = CheckSizes(events, message, page.outbox.value_limit()); !fits) return fits.error();
  for (const auto& event : events) {
    if (const auto appended = page.outbox.Append(transaction, event); !appended) return appended.error();
  }
  Write(transaction, page, stored, version);
  if (decision.recipients_changed) {
    transaction.Execute(kUpsertRecipients,
                        {key, decision.version, page.box.Seal(message, "order-ingest/recipients/" + key)});
  }
  return decision;
}

bool KeepUnreadable(store::Transaction& transaction, const PageContext& page, const UnreadableOrder& broken) {
  const auto& account = page.lease.who.account.value();
  // An id that cannot be a key is no way to ask for the order either: it is looked for as one without id.
  const auto order_id = IsStorableKey(broken.order_id) ? std::optional(broken.order_id) : std::nullopt;
  const auto id =
      order_id.value_or("sha256:" + crypto::Sha256Hex(broken.order_id.empty() ? broken.raw : broken.order_id));
  auto reason = broken.reason;
  if (!order_id && !broken.order_id.empty()) reason = "order id \"" + broken.order_id + "\": " + reason;
  const auto rows =
      transaction.Query(kUpsertUnreadable,
                        {account, id, order_id, Storable(reason), page.box.Seal(broken.raw, UnreadableRow(account, id)),
                         broken.window_min, page.now, page.now, page.now + kFirstRetry});
  return rows.at(0).Bool(0);
}

std::string UnreadableRow(const std::string& account, const std::string& id) {
  return "order-ingest/unreadable/" + account + "/" + id;
}

}  // namespace cdiscount::order_ingest
