#include "adapters/order_rows.hpp"

#include <algorithm>
#include <utility>

#include "adapters/fingerprints.hpp"
#include "adapters/order_events.hpp"
#include "cdiscount/orders/v1/order.pb.h"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::order_ingest {
namespace {

constexpr std::string_view kSelectOrder =
    "SELECT version, status, updated_at, content_scheme, content_hash, recipients_mac, before_content_hash,"
    " before_recipients_mac, times_back, written_at, payload, account_id FROM orders WHERE order_key = :key";

// The account's row is locked already; this is for two accounts of one seller.
constexpr std::string_view kSelectOrderPostgres =
    "SELECT version, status, updated_at, content_scheme, content_hash, recipients_mac, before_content_hash,"
    " before_recipients_mac, times_back, written_at, payload, account_id FROM orders WHERE order_key = :key FOR UPDATE";

constexpr std::string_view kInsertOrder =
    "INSERT INTO orders (order_key, order_id, account_id, version, status, updated_at, content_scheme, content_hash,"
    " recipients_mac, written_at, first_seen_at, last_changed_at, payload)"
    " VALUES (:key, :id, :account, :version, :status, :updated, :scheme, :content, :mac, :written, :seen, :changed,"
    " :payload)";

constexpr std::string_view kUpdateOrder =
    "UPDATE orders SET account_id = :account, version = :version, status = :status, updated_at = :updated,"
    " content_scheme = :scheme, content_hash = :content, recipients_mac = :mac, before_content_hash = :before_content,"
    " before_recipients_mac = :before_mac, times_back = 0, written_at = :written, last_changed_at = :changed,"
    " payload = :payload WHERE order_key = :key";

constexpr std::string_view kTouchOrder =
    "UPDATE orders SET updated_at = :updated, content_scheme = :scheme, content_hash = :content, times_back = 0,"
    " before_content_hash = CASE WHEN updated_at = :same_content_stamp THEN before_content_hash END,"
    " before_recipients_mac = CASE WHEN updated_at = :same_mac_stamp THEN before_recipients_mac END"
    " WHERE order_key = :key";

constexpr std::string_view kUpsertRecipients =
    "INSERT INTO order_recipients (order_key, version, sealed) VALUES (:key, :version, :sealed)"
    " ON CONFLICT (order_key) DO UPDATE SET version = excluded.version, sealed = excluded.sealed";

constexpr std::string_view kUpsertUnreadable =
    "INSERT INTO unreadable_order (account_id, id, order_id, reason, sealed, window_min, first_seen_at, last_seen_at,"
    " attempts, next_try_at) VALUES (:account, :id, :order_id, :reason, :sealed, :window, :first, :last, 1, :next)"
    " ON CONFLICT (account_id, id) DO UPDATE SET reason = excluded.reason, sealed = excluded.sealed,"
    " last_seen_at = excluded.last_seen_at, attempts = unreadable_order.attempts + 1,"
    " next_try_at = excluded.last_seen_at + (excluded.next_try_at - excluded.last_seen_at) *"
    " CASE WHEN unreadable_order.attempts < 60 THEN unreadable_order.attempts + 1 ELSE 60 END";

constexpr auto kFirstRetry = std::chrono::minutes{1};  // then 2, 3, ... up to 60

struct StoredOrder {
  KnownVersion known;
  int scheme = 0;
};

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
  if (!row.IsNull(6)) {
    stored.known.before_under_same_stamp = {.content = row.Text(6), .recipients = row.MaybeText(7).value_or("")};
  }
  stored.known.times_back = static_cast<int>(row.Int(8));
  // Each account counts its own writes. The order may have come by another one: its count says nothing here.
  if (row.Text(11) == account.value()) stored.known.written_at = row.Int(9);
  if (stored.scheme != kContentScheme) {
    // Hashed in another form: what is stored is hashed again, so that a new form announces nothing by itself.
    orders::v1::Order message;
    if (!message.ParseFromString(crypto::Base64Decode(row.Text(10)).value_or(""))) {
      throw store::StoreError(ErrorCode::kInternal, "orders.payload of " + key + " is no Order");
    }
    const auto order = FromProto(message);
    if (!order) throw store::StoreError(ErrorCode::kInternal, order.error().message);
    stored.known.fingerprint.content = Fingerprints::ContentHash(*order);
    stored.known.before_under_same_stamp.reset();
  }
  return stored;
}

void Write(store::Transaction& transaction, const PageContext& page, const std::optional<StoredOrder>& stored,
           const NewVersion& version) {
  const auto& order = version.order;
  const auto key = order.key().ToString();
  const auto payload = crypto::Base64Encode(ToProto(order).SerializeAsString());
  if (!stored) {
    transaction.Execute(kInsertOrder,
                        {key, order.key().order.value(), page.lease.who.account.value(), version.decision.version,
                         ToString(order.status()), order.updated_at(), kContentScheme, version.fingerprint.content,
                         version.fingerprint.recipients, page.write_counter, page.now, page.now, payload});
    return;
  }
  const auto& known = stored->known;
  const bool same_stamp = known.updated_at == order.updated_at();
  const auto before = same_stamp ? std::optional(known.fingerprint) : std::nullopt;
  transaction.Execute(
      kUpdateOrder,
      {page.lease.who.account.value(), version.decision.version, ToString(order.status()),
       order.updated_at() ? order.updated_at() : known.updated_at, kContentScheme, version.fingerprint.content,
       version.fingerprint.recipients, before ? std::optional(before->content) : std::nullopt,
       before ? std::optional(before->recipients) : std::nullopt, page.write_counter, page.now, payload, key});
}

void Touch(store::Transaction& transaction, const StoredOrder& stored, const IncomingOrder& incoming,
           const std::string& key) {
  const auto& known = stored.known;
  const auto updated_at = incoming.order.updated_at() ? incoming.order.updated_at() : known.updated_at;
  if (updated_at == known.updated_at && stored.scheme == kContentScheme && known.times_back == 0) return;
  transaction.Execute(kTouchOrder,
                      {updated_at, kContentScheme, incoming.fingerprint.content, updated_at, updated_at, key});
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

Result<Verdict> KeepOrder(store::Transaction& transaction, const PageContext& page, const IncomingOrder& incoming) {
  const auto key = incoming.order.key().ToString();
  const auto stored = Find(transaction, key, page.lease.who.account);
  const auto decision =
      Compare(stored ? std::optional(stored->known) : std::nullopt, {.status = incoming.order.status(),
                                                                     .updated_at = incoming.order.updated_at(),
                                                                     .fingerprint = incoming.fingerprint,
                                                                     .asked_at = page.asked_at});
  switch (decision.verdict) {
    case Verdict::kOlder:
    case Verdict::kAskAgain:
      return decision.verdict;
    case Verdict::kFlicker:
      transaction.Execute("UPDATE orders SET times_back = times_back + 1 WHERE order_key = :key", {key});
      return decision.verdict;
    case Verdict::kUnchanged:
      Touch(transaction, *stored, incoming, key);
      return decision.verdict;
    case Verdict::kNew:
    case Verdict::kChanged:
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
  return decision.verdict;
}

void KeepUnreadable(store::Transaction& transaction, const PageContext& page, const UnreadableOrder& broken) {
  const auto& account = page.lease.who.account.value();
  const auto id = broken.order_id.empty() ? "sha256:" + crypto::Sha256Hex(broken.raw) : broken.order_id;
  transaction.Execute(kUpsertUnreadable,
                      {account, id, broken.order_id.empty() ? std::nullopt : std::optional(broken.order_id),
                       broken.reason, page.box.Seal(broken.raw, "order-ingest/unreadable/" + account + "/" + id),
                       broken.window_min, page.now, page.now, page.now + kFirstRetry});
}

}  // namespace cdiscount::order_ingest
