#include "adapters/sql_order_store.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "adapters/lease_rows.hpp"
#include "adapters/order_events.hpp"
#include "adapters/order_rows.hpp"
#include "adapters/storable_text.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::order_ingest {
namespace {

// First statement of every write under a lease: it locks the account's row, and a former owner gets no row.
constexpr std::string_view kLockAccount =
    "UPDATE account SET write_counter = write_counter + 1, lease_until = :now + lease_length"
    " WHERE account_id = :account AND lease_owner = :owner AND lease_token = :token"
    " AND enabled = 1 AND generation = :generation RETURNING write_counter";

constexpr std::string_view kFinish =
    "UPDATE account SET lease_owner = '', lease_until = 0, next_poll_at = :next, poll_wait = :wait,"
    " last_error = :error, failures = CASE WHEN :went_well = 1 THEN 0 ELSE failures + 1 END,"
    " failing_since = CASE WHEN :well = 1 THEN NULL WHEN failing_since IS NULL THEN :since ELSE failing_since END,"
    " last_success_at = CASE WHEN :good = 1 THEN :now ELSE last_success_at END"
    " WHERE account_id = :account AND lease_owner = :owner AND lease_token = :token";

constexpr std::string_view kInterrupted =
    "UPDATE account SET lease_owner = '', lease_until = 0, next_poll_at = :now"
    " WHERE account_id = :account AND lease_owner = :owner AND lease_token = :token";

Error LeaseLost(const AccountLease& lease) {
  return {.code = ErrorCode::kConflict,
          .message = "the lease of account " + lease.who.account.value() +
                     " is lost: another process polls it, or it was disabled or changed meanwhile"};
}

// What the other orders of the page are not to blame for either.
bool BlamesTheOrder(ErrorCode code) {
  return code == ErrorCode::kInvalidArgument || code == ErrorCode::kAlreadyExists || code == ErrorCode::kInternal;
}

void Count(SaveReport& report, const Decision& decision, const OrderId& order) {
  if (decision.ask_again) report.ask_again.push_back(order);
  switch (decision.verdict) {
    case Verdict::kNew:
      ++report.created;
      return;
    case Verdict::kSetBack:
      ++report.set_back;
      ++report.changed;
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
      return;
  }
}

// The ids of the orders that are set aside.
std::set<std::string> SetAside(store::Transaction& transaction, const std::string& account) {
  std::set<std::string> ids;
  for (const auto& row :
       transaction.Query("SELECT order_id FROM unreadable_order WHERE account_id = :account", {account})) {
    if (const auto id = row.MaybeText(0)) ids.insert(*id);
  }
  return ids;
}

}  // namespace

SqlOrderStore::SqlOrderStore(store::Database& database, const outbox::Outbox& outbox, const crypto::SealedBox& box,
                             std::string owner)
    : database_(database), outbox_(outbox), box_(box), owner_(std::move(owner)) {}

Task<Result<DueAccounts>> SqlOrderStore::ClaimDue(int most, std::chrono::milliseconds ttl,
                                                  std::vector<AccountId> running, bool also_set_back) {
  auto claimed = co_await database_.Run([&](store::Transaction& transaction) {
    return ClaimAccounts(transaction, owner_, most, ttl, running, also_set_back);
  });
  co_return claimed;
}

Task<Result<std::vector<AccountId>>> SqlOrderStore::RenewLeases(std::vector<AccountLease> leases,
                                                                std::chrono::milliseconds ttl) {
  auto renewed = co_await database_.Run(
      [&](store::Transaction& transaction) { return RenewAccounts(transaction, owner_, leases, ttl); });
  co_return renewed;
}

Task<Result<SaveReport>> SqlOrderStore::SavePage(const AccountLease& lease, const PageToSave& page) {
  auto saved = co_await SavePage(lease, page, OneByOne::kNo);
  // What the database refuses in one order has undone the whole page: now each order is tried for itself.
  if (!saved && BlamesTheOrder(saved.error().code)) saved = co_await SavePage(lease, page, OneByOne::kYes);
  co_return saved;
}

Task<Result<SaveReport>> SqlOrderStore::SavePage(const AccountLease& lease, const PageToSave& page, OneByOne mode) {
  const auto& account = lease.who.account.value();
  std::vector<const UnreadableOrder*> set_aside;
  std::vector<UnreadableOrder> refused;
  refused.reserve(page.orders.size());
  auto saved = co_await database_.Run([&](store::Transaction& transaction) -> Result<SaveReport> {
    const auto now = transaction.Now();
    const auto locked = transaction.Query(kLockAccount, {now, account, owner_, lease.token, lease.generation});
    if (locked.empty()) return LeaseLost(lease);

    SaveReport report;
    report.write_counter = locked[0].Int(0);
    const PageContext context{lease, page.asked_at, page.alone, report.write_counter, now, outbox_, box_};
    const auto waiting = SetAside(transaction, account);
    for (const auto& incoming : page.orders) {
      const auto& id = incoming.order.key().order;
      const auto keep = [&] { return KeepOrder(transaction, context, incoming); };
      const auto kept = mode == OneByOne::kYes ? transaction.Try(keep) : keep();
      if (!kept) {
        // Nothing of it was stored. It becomes something that a person must look at, and the others go on.
        if (!BlamesTheOrder(kept.error().code)) return kept.error();
        refused.push_back({.order_id = id.value(),
                           .reason = kept.error().message,
                           .raw = incoming.raw.Reveal(),
                           .window_min = incoming.order.updated_at().value_or(now)});
        continue;
      }
      Count(report, *kept, id);
      if (kept->verdict == Verdict::kSetBack) {
        log::Warn("order_set_back", {{"account_id", account}, {"order_id", id}, {"version", kept->version}});
      }
      if (IsNews(kept->verdict) && lease.cursor && incoming.order.updated_at()) {
        report.ages.push_back(std::max(now - *incoming.order.updated_at(), SysTime::duration{0}));
      }
      if (waiting.contains(id.value())) {
        transaction.Execute("DELETE FROM unreadable_order WHERE account_id = :account AND id = :id",
                            {account, id.value()});
      }
    }
    const auto keep_aside = [&](const UnreadableOrder& order) {
      if (KeepUnreadable(transaction, context, order)) set_aside.push_back(&order);
    };
    std::ranges::for_each(page.unreadable, keep_aside);
    std::ranges::for_each(refused, keep_aside);
    if (page.cursor) {
      transaction.Execute("UPDATE account SET cursor_at = :cursor WHERE account_id = :account",
                          {*page.cursor, account});
    }
    return report;
  });
  if (saved) {
    for (const auto* order : set_aside) {
      log::Warn("order_set_aside", {{"account_id", account},
                                    {"order_id", Storable(order->order_id, kLongestKey)},
                                    {"reason", Storable(order->reason)}});
    }
  }
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
    const std::chrono::microseconds wait =
        std::clamp<std::chrono::milliseconds>(end.next_poll_in, std::chrono::milliseconds{0}, kLongestPollWait);
    const auto touched = transaction.Execute(kFinish, {now + wait, wait.count(), Storable(end.error), well, well, now,
                                                       well, now, account, owner_, lease.token});
    if (touched != 1) return LeaseLost(lease);
    if (well && end.read_from) {
      // Its lease began before anything of this poll was seen: what has no id and was not met since then is settled.
      // Behind the account: every transaction locks that one first.
      transaction.Execute(
          "DELETE FROM unreadable_order WHERE account_id = :account AND order_id IS NULL AND window_min >= :from"
          " AND last_seen_at < (SELECT last_poll_at FROM account WHERE account_id = :same)",
          {account, *end.read_from, account});
    }
    return Ok();
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
