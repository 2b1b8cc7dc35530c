#include "adapters/sql_order_store.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "adapters/order_events.hpp"
#include "adapters/order_rows.hpp"
#include "telemetry/trace_context.hpp"

namespace cdiscount::order_ingest {
namespace {

// Locks the rows that it takes; what another process locks at this instant is passed over (PostgreSQL).
constexpr std::string_view kSelectDue =
    "SELECT account_id, seller_id, sales_channel_id, generation, cursor_at, write_counter, failures FROM account"
    " WHERE enabled = 1 AND next_poll_at <= :now AND lease_until <= :free ORDER BY next_poll_at LIMIT :most";
constexpr std::string_view kSelectDuePostgres =
    "SELECT account_id, seller_id, sales_channel_id, generation, cursor_at, write_counter, failures FROM account"
    " WHERE enabled = 1 AND next_poll_at <= :now AND lease_until <= :free ORDER BY next_poll_at LIMIT :most"
    " FOR UPDATE SKIP LOCKED";

constexpr std::string_view kSelectNextDue =
    "SELECT min(next_poll_at) FROM account WHERE enabled = 1 AND lease_until <= :now";

constexpr std::string_view kTakeLease =
    "UPDATE account SET lease_owner = :owner, lease_token = lease_token + 1, lease_until = :until, last_poll_at = :now"
    " WHERE account_id = :account RETURNING lease_token";

// What has no id is looked for by reading its window again: after so many tries that is left to a person.
constexpr std::string_view kSelectUnreadable =
    "SELECT order_id, window_min, id FROM unreadable_order WHERE account_id = :account AND next_try_at <= :now"
    " AND (order_id IS NOT NULL OR attempts < 50) ORDER BY next_try_at LIMIT 20";

// Handing out counts as a try: what stays broken is asked for less and less, and takes nobody else's turn.
constexpr std::string_view kHandOut =
    "UPDATE unreadable_order SET attempts = attempts + 1,"
    " next_try_at = :now + 60000000 * CASE WHEN attempts < 60 THEN attempts + 1 ELSE 60 END"
    " WHERE account_id = :account AND id = :id";

// First statement of every write under a lease: it locks the account's row, and a former owner gets no row.
constexpr std::string_view kLockAccount =
    "UPDATE account SET write_counter = write_counter + 1, lease_until = CASE WHEN lease_until > :until THEN"
    " lease_until ELSE :until2 END WHERE account_id = :account AND lease_owner = :owner AND lease_token = :token"
    " AND enabled = 1 AND generation = :generation RETURNING write_counter";

constexpr std::string_view kFinish =
    "UPDATE account SET lease_owner = '', lease_until = 0, next_poll_at = :next, last_error = :error,"
    " failures = CASE WHEN :went_well = 1 THEN 0 ELSE failures + 1 END,"
    " last_success_at = CASE WHEN :well = 1 THEN :now ELSE last_success_at END"
    " WHERE account_id = :account AND lease_owner = :owner AND lease_token = :token";

constexpr std::string_view kInterrupted =
    "UPDATE account SET lease_owner = '', lease_until = 0, next_poll_at = :now"
    " WHERE account_id = :account AND lease_owner = :owner AND lease_token = :token";

constexpr auto kExtension = std::chrono::minutes{2};  // longer than one request to the marketplace may take

Error LeaseLost(const AccountLease& lease) {
  return {.code = ErrorCode::kConflict,
          .message = "the lease of account " + lease.who.account.value() +
                     " is lost: another process polls it, or it was disabled or changed meanwhile"};
}

void Count(SaveReport& report, Verdict verdict, const OrderId& order) {
  switch (verdict) {
    case Verdict::kNew:
      ++report.created;
      return;
    case Verdict::kChanged:
      ++report.changed;
      return;
    case Verdict::kUnchanged:
      ++report.unchanged;
      return;
    case Verdict::kOlder:
      ++report.older;
      return;
    case Verdict::kFlicker:
      ++report.flicker;
      return;
    case Verdict::kAskAgain:
      report.ask_again.push_back(order);
      return;
  }
}

}  // namespace

SqlOrderStore::SqlOrderStore(store::Database& database, const outbox::Outbox& outbox, const crypto::SealedBox& box,
                             std::string owner)
    : database_(database), outbox_(outbox), box_(box), owner_(std::move(owner)) {}

Task<Result<DueAccounts>> SqlOrderStore::ClaimDue(int most, std::chrono::milliseconds ttl) {
  auto claimed = co_await database_.Run([&](store::Transaction& transaction) {
    const auto now = transaction.Now();
    const auto due = transaction.engine() == store::Engine::kPostgres ? kSelectDuePostgres : kSelectDue;
    DueAccounts found;
    for (const auto& row : transaction.Query(due, {now, now, most})) {
      AccountLease lease;
      lease.who = {AccountId{row.Text(0)}, SellerId{row.Text(1)}, ChannelId{row.Text(2)},
                   telemetry::TraceContext::NewRoot().ToHeader()};
      lease.generation = row.Int(3);
      lease.who.generation = lease.generation;
      lease.cursor = row.MaybeTime(4);
      lease.write_counter = row.Int(5);
      lease.failures_in_a_row = static_cast<int>(row.Int(6));
      lease.token = transaction.Query(kTakeLease, {owner_, now + ttl, now, row.Text(0)}).at(0).Int(0);
      for (const auto& broken : transaction.Query(kSelectUnreadable, {row.Text(0), now})) {
        transaction.Execute(kHandOut, {now, row.Text(0), broken.Text(2)});
        if (const auto id = broken.MaybeText(0)) {
          lease.ask_again.emplace_back(*id);
        } else if (!lease.look_again_from || broken.Time(1) < *lease.look_again_from) {
          lease.look_again_from = broken.Time(1);
        }
      }
      found.leases.push_back(std::move(lease));
    }
    const auto next = transaction.Query(kSelectNextDue, {now});
    if (const auto at = next.at(0).MaybeTime(0)) {
      found.next_in = std::chrono::ceil<std::chrono::milliseconds>(std::max(*at - now, SysTime::duration{0}));
    }
    return found;
  });
  co_return claimed;
}

Task<Result<SaveReport>> SqlOrderStore::SavePage(const AccountLease& lease, const PageToSave& page) {
  auto saved = co_await database_.Run([&](store::Transaction& transaction) -> Result<SaveReport> {
    const auto now = transaction.Now();
    const auto& account = lease.who.account.value();
    const auto locked = transaction.Query(
        kLockAccount, {now + kExtension, now + kExtension, account, owner_, lease.token, lease.generation});
    if (locked.empty()) return LeaseLost(lease);

    SaveReport report;
    report.write_counter = locked[0].Int(0);
    const PageContext context{lease, page.asked_at, report.write_counter, now, outbox_, box_};
    std::set<std::string> waiting;
    for (const auto& row :
         transaction.Query("SELECT order_id FROM unreadable_order WHERE account_id = :account", {account})) {
      if (const auto id = row.MaybeText(0)) waiting.insert(*id);
    }

    for (const auto& incoming : page.orders) {
      const auto& id = incoming.order.key().order;
      const auto verdict = KeepOrder(transaction, context, incoming);
      if (!verdict) {
        // Nothing of it was stored. It becomes something that a person must look at, and the others go on.
        if (verdict.error().code != ErrorCode::kInvalidArgument) return verdict.error();
        KeepUnreadable(transaction, context,
                       {.order_id = id.value(),
                        .reason = verdict.error().message,
                        .raw = CanonicalContent(incoming.order),
                        .window_min = incoming.order.updated_at().value_or(now)});
        continue;
      }
      Count(report, *verdict, id);
      const bool news = *verdict == Verdict::kNew || *verdict == Verdict::kChanged;
      if (news && lease.cursor && incoming.order.updated_at()) {
        report.ages.push_back(std::max(now - *incoming.order.updated_at(), SysTime::duration{0}));
      }
      if (waiting.contains(id.value())) {
        transaction.Execute("DELETE FROM unreadable_order WHERE account_id = :account AND id = :id",
                            {account, id.value()});
      }
    }
    for (const auto& broken : page.unreadable) KeepUnreadable(transaction, context, broken);
    if (page.cursor) {
      transaction.Execute("UPDATE account SET cursor_at = :cursor WHERE account_id = :account",
                          {*page.cursor, account});
    }
    return report;
  });
  co_return saved;
}

Task<Status> SqlOrderStore::FinishPoll(const AccountLease& lease, const PollEnd& end) {
  auto finished = co_await database_.Run([&](store::Transaction& transaction) -> Status {
    const auto now = transaction.Now();
    const bool well = end.error.empty();
    const auto& account = lease.who.account.value();
    if (end.interrupted) {
      const auto released = transaction.Execute(kInterrupted, {now, account, owner_, lease.token});
      return released == 1 ? Ok() : Status(LeaseLost(lease));
    }
    if (well && end.read_from) {
      // Its lease began before anything of this poll was seen: what has no id and was not met since then is settled.
      transaction.Execute(
          "DELETE FROM unreadable_order WHERE account_id = :account AND order_id IS NULL AND window_min >= :from"
          " AND last_seen_at < (SELECT last_poll_at FROM account WHERE account_id = :same)",
          {account, *end.read_from, account});
    }
    const auto touched = transaction.Execute(
        kFinish, {now + end.next_poll_in, end.error, well, well, now, account, owner_, lease.token});
    return touched == 1 ? Ok() : Status(LeaseLost(lease));
  });
  co_return finished;
}

void FreeLeasesOfTheDead(store::Database& database) {
  if (database.engine() != store::Engine::kSqlite) return;
  database.NewSession()->Execute(
      "UPDATE account SET lease_owner = '', lease_token = lease_token + 1, lease_until = 0 WHERE lease_until > 0");
}

outbox::RelayOptions RelayFor(const kafka::KafkaOptions& kafka, const crypto::SealedBox& box) {
  return {.service = "order-ingest",
          .kafka = kafka,
          .topics = {{.name = std::string(kEventsTopic)},
                     {.name = std::string(kStateTopic), .compacted = true},
                     {.name = std::string(kRecipientsTopic),
                      .compacted = true,
                      .value_reader = [&box](store::Session& session, const std::string& key, std::int64_t) {
                        return ReadRecipients(session, box, key);
                      }}}};
}

Result<std::optional<std::string>> ReadRecipients(store::Session& session, const crypto::SealedBox& box,
                                                  const std::string& order_key) {
  const auto rows = session.Query("SELECT sealed FROM order_recipients WHERE order_key = :key", {order_key});
  if (rows.empty()) return std::optional<std::string>();
  auto message = box.Open(rows[0].Text(0), "order-ingest/recipients/" + order_key);
  if (!message) return message.error();
  return std::optional(std::move(*message));
}

}  // namespace cdiscount::order_ingest
