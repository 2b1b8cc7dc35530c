#include "adapters/lease_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "telemetry/json_text.hpp"
#include "telemetry/log.hpp"
#include "telemetry/trace_context.hpp"

namespace cdiscount::order_ingest {
namespace {

// An instant further away than the wait that was stored with it does not count: the clock that gave it ran ahead and
// was set back. The slack is for clocks that are set by a little. No index finds these rows.
constexpr std::string_view kDue = " next_poll_at <= :now";
constexpr std::string_view kSetBack = " next_poll_at > :now + poll_wait + 5000000";
constexpr std::string_view kFree =
    " (lease_until <= :free OR lease_until > :free_too + lease_length + 5000000) AND account_id NOT IN ";

// A list of texts as one parameter.
std::string_view List(store::Engine engine) {
  return engine == store::Engine::kPostgres ? "(SELECT jsonb_array_elements_text(CAST(:list AS jsonb)))"
                                            : "(SELECT value FROM json_each(:list))";
}

std::string AsList(const std::vector<AccountId>& accounts) {
  std::string list = "[";
  for (const auto& account : accounts) {
    if (list.size() > 1) list += ",";
    telemetry::AppendJsonString(list, account.value());
  }
  return list + "]";
}

// Locks the rows that it takes; what another process locks at this instant is passed over (PostgreSQL).
std::string SelectAccounts(std::string_view which, store::Engine engine) {
  return fmt::format(
      "SELECT account_id, seller_id, sales_channel_id, generation, cursor_at, write_counter, failures FROM account"
      " WHERE enabled = 1 AND{} AND{}{} ORDER BY next_poll_at LIMIT :most{}",
      which, kFree, List(engine), engine == store::Engine::kPostgres ? " FOR UPDATE SKIP LOCKED" : "");
}

constexpr std::string_view kTakeLease =
    "UPDATE account SET lease_owner = :owner, lease_token = lease_token + 1, lease_until = :until,"
    " lease_length = :length, last_poll_at = :now WHERE account_id = :account RETURNING lease_token";

// Whoever was disabled or changed its generation (then lease_until is 0) is left out.
std::string RenewLeases(store::Engine engine) {
  return fmt::format(
      "UPDATE account SET lease_until = :until, lease_length = :length WHERE lease_owner = :owner AND lease_until > 0"
      " AND enabled = 1 AND account_id IN {} RETURNING account_id, lease_token, generation",
      List(engine));
}

constexpr std::string_view kSelectUnreadable =
    "SELECT id, order_id, window_min, attempts FROM unreadable_order WHERE account_id = :account"
    " AND given_up_at IS NULL AND (next_try_at <= :now OR next_try_at > :far) ORDER BY next_try_at LIMIT 20";

// Handing out counts as a try: what stays broken is asked for less and less, and takes no turn of another order.
constexpr std::string_view kHandOut =
    "UPDATE unreadable_order SET attempts = attempts + 1, next_try_at = :next WHERE account_id = :account AND id = :id";
constexpr std::string_view kGiveUp =
    "UPDATE unreadable_order SET given_up_at = :now WHERE account_id = :account AND id = :id";

void HandOut(store::Transaction& transaction, SysTime now, AccountLease& lease) {
  const auto& account = lease.who.account.value();
  const auto longest = std::chrono::minutes{kMostTries + 1};
  for (const auto& broken : transaction.Query(kSelectUnreadable, {account, now, now + longest})) {
    const auto attempts = broken.Int(3);
    if (attempts >= kMostTries) {
      transaction.Execute(kGiveUp, {now, account, broken.Text(0)});
      log::Warn("unreadable_order_given_up", {{"account_id", account}, {"id", broken.Text(0)}, {"tries", attempts}});
      continue;
    }
    transaction.Execute(kHandOut, {now + std::chrono::minutes{attempts + 1}, account, broken.Text(0)});
    if (const auto id = broken.MaybeText(1)) {
      lease.ask_again.emplace_back(*id);
    } else if (!lease.look_again_from || broken.Time(2) < *lease.look_again_from) {
      lease.look_again_from = broken.Time(2);
    }
  }
}

std::int64_t Microseconds(std::chrono::milliseconds duration) {
  return std::chrono::microseconds{duration}.count();
}

class Claim {
 public:
  Claim(store::Transaction& transaction, const std::string& owner, std::chrono::milliseconds ttl,
        const std::vector<AccountId>& running)
      : transaction_(transaction), owner_(owner), ttl_(ttl), now_(transaction.Now()), busy_(running) {}

  void Take(const std::string& select, int most) {
    for (const auto& row : transaction_.Query(select, {now_, now_, now_, AsList(busy_), most})) Lease(row);
  }

  DueAccounts Found() && {
    const auto next = transaction_.Query(SelectNextDue(transaction_.engine()), {now_, now_, AsList(busy_)});
    if (const auto at = next.at(0).MaybeTime(0)) {
      found_.next_in = std::chrono::ceil<std::chrono::milliseconds>(std::max(*at - now_, SysTime::duration{0}));
    }
    return std::move(found_);
  }

  int found() const { return static_cast<int>(found_.leases.size()); }

 private:
  void Lease(const store::Row& row) {
    AccountLease lease;
    lease.who = {AccountId{row.Text(0)}, SellerId{row.Text(1)}, ChannelId{row.Text(2)},
                 telemetry::TraceContext::NewRoot().ToHeader()};
    lease.generation = row.Int(3);
    lease.who.generation = lease.generation;
    lease.cursor = row.MaybeTime(4);
    lease.write_counter = row.Int(5);
    lease.failures_in_a_row = static_cast<int>(row.Int(6));
    lease.token =
        transaction_.Query(kTakeLease, {owner_, now_ + ttl_, Microseconds(ttl_), now_, row.Text(0)}).at(0).Int(0);
    // A poll that is likely to fail again would use up a try without asking.
    if (lease.failures_in_a_row == 0) HandOut(transaction_, now_, lease);
    busy_.push_back(lease.who.account);
    found_.leases.push_back(std::move(lease));
  }

  store::Transaction& transaction_;
  const std::string& owner_;
  std::chrono::milliseconds ttl_;
  SysTime now_;
  std::vector<AccountId> busy_;
  DueAccounts found_;
};

}  // namespace

std::string SelectDue(store::Engine engine) {
  return SelectAccounts(kDue, engine);
}

std::string SelectNextDue(store::Engine engine) {
  return fmt::format("SELECT min(next_poll_at) FROM account WHERE enabled = 1 AND{}{}", kFree, List(engine));
}

DueAccounts ClaimAccounts(store::Transaction& transaction, const std::string& owner, int most,
                          std::chrono::milliseconds ttl, const std::vector<AccountId>& running, bool also_set_back) {
  Claim claim(transaction, owner, ttl, running);
  claim.Take(SelectDue(transaction.engine()), most);
  if (also_set_back && claim.found() < most) {
    claim.Take(SelectAccounts(kSetBack, transaction.engine()), most - claim.found());
  }
  return std::move(claim).Found();
}

std::vector<AccountId> RenewAccounts(store::Transaction& transaction, const std::string& owner,
                                     const std::vector<AccountLease>& leases, std::chrono::milliseconds ttl) {
  std::vector<AccountId> accounts;
  accounts.reserve(leases.size());
  for (const auto& lease : leases) accounts.push_back(lease.who.account);
  std::vector<AccountId> held;
  for (const auto& row : transaction.Query(RenewLeases(transaction.engine()),
                                           {transaction.Now() + ttl, Microseconds(ttl), owner, AsList(accounts)})) {
    const bool ours = std::ranges::any_of(leases, [&](const AccountLease& lease) {
      return lease.who.account.value() == row.Text(0) && lease.token == row.Int(1) && lease.generation == row.Int(2);
    });
    if (ours) held.emplace_back(row.Text(0));
  }
  return held;
}

}  // namespace cdiscount::order_ingest
