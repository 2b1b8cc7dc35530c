#include "rows/polls.hpp"

#include <algorithm>

#include "domain/storable_text.hpp"

namespace cdiscount::order_ingest::rows {
namespace {

const std::string kSelect =
    "SELECT account_id, seller_id, sales_channel_id, generation, cursor_at, write_counter, failures FROM account";
// The slack, 5 s, is for clocks that are set by a little.
const std::string kFree =
    " enabled = 1 AND (lease_until <= :now OR lease_until > :now + lease_length + 5000000)"
    " AND account_id NOT IN {texts :running}";
const std::string kFirst = " ORDER BY next_poll_at LIMIT :most {for update skip locked}";
// No index finds these.
const std::string kSelectSetBack = kSelect + " WHERE next_poll_at > :now + poll_wait + 5000000 AND" + kFree + kFirst;

constexpr std::string_view kTakeLease =
    "UPDATE account SET lease_owner = :owner, lease_token = lease_token + 1, lease_until = :until,"
    " lease_length = :length, last_poll_at = :now WHERE account_id = :account RETURNING lease_token";

// Accounts that were disabled or changed their generation (then lease_until is 0) are left out.
constexpr std::string_view kRenew =
    "UPDATE account SET lease_until = :until, lease_length = :length WHERE lease_owner = :owner AND lease_until > 0"
    " AND enabled = 1 AND account_id IN {texts :accounts} RETURNING account_id, lease_token, generation";

const std::string kOfTheOwner = " WHERE account_id = :account AND lease_owner = :owner AND lease_token = :token";
const std::string kLock =
    "UPDATE account SET write_counter = write_counter + 1, lease_until = :now + lease_length,"
    " cursor_at = coalesce(:cursor, cursor_at)" +
    kOfTheOwner + " AND enabled = 1 AND generation = :generation RETURNING write_counter";

const std::string kGiveBack = "UPDATE account SET lease_owner = '', lease_until = 0, next_poll_at = :next";
const std::string kFinish =
    kGiveBack +
    ", poll_wait = :wait, last_error = :error, failures = CASE WHEN :well = 1 THEN 0 ELSE failures + 1 END,"
    " failing_since = CASE WHEN :well = 1 THEN NULL WHEN failing_since IS NULL THEN :now ELSE failing_since END,"
    " last_success_at = CASE WHEN :well = 1 THEN :now ELSE last_success_at END" +
    kOfTheOwner;
const std::string kInterrupt = kGiveBack + kOfTheOwner;

constexpr std::string_view kFreeAll =
    "UPDATE account SET lease_owner = '', lease_token = lease_token + 1, lease_until = 0 WHERE lease_until > 0";

Error LeaseLost(const AccountLease& lease) {
  return {.code = ErrorCode::kConflict,
          .message = "the lease of account " + lease.who.account.value() +
                     " is lost: another process polls it, or it was disabled or changed meanwhile"};
}

AccountLease LeaseOf(const store::Row& row) {
  AccountLease lease;
  lease.who = {.account = AccountId{row.Text("account_id")},
               .seller = SellerId{row.Text("seller_id")},
               .channel = ChannelId{row.Text("sales_channel_id")},
               .generation = row.Int("generation")};
  lease.cursor = row.MaybeTime("cursor_at");
  lease.write_counter = row.Int("write_counter");
  lease.failures_in_a_row = static_cast<int>(row.Int("failures"));
  return lease;
}

}  // namespace

const std::string kSelectDue = kSelect + " WHERE next_poll_at <= :now AND" + kFree + kFirst;
const std::string kSelectNext = "SELECT min(next_poll_at) AS next FROM account WHERE" + kFree;

work::Claimed<AccountLease> ClaimPolls(store::Transaction& transaction, const work::ClaimWish& wish) {
  const auto now = transaction.Now();
  auto running = wish.running;
  work::Claimed<AccountLease> claimed;
  const auto take = [&](std::string_view select) {
    const auto most = wish.most - static_cast<int>(claimed.rows.size());
    if (most <= 0) return;
    for (const auto& row : transaction.Query(select, {{"now", now}, {"running", running}, {"most", most}})) {
      auto lease = LeaseOf(row);
      lease.owner = wish.owner;
      lease.token = transaction
                        .Query(kTakeLease, {{"owner", wish.owner},
                                            {"until", now + wish.ttl},
                                            {"length", wish.ttl},
                                            {"now", now},
                                            {"account", lease.who.account}})
                        .at(0)
                        .Int("lease_token");
      running.push_back(lease.key());
      claimed.rows.push_back(std::move(lease));
    }
  };
  take(kSelectDue);
  if (wish.also_set_back) take(kSelectSetBack);
  const auto next = transaction.Query(kSelectNext, {{"now", now}, {"running", running}}).at(0).MaybeTime("next");
  if (next) claimed.next_in = std::chrono::ceil<std::chrono::milliseconds>(std::max(*next - now, SysTime::duration{0}));
  return claimed;
}

std::vector<std::string> RenewLeases(store::Transaction& transaction, const std::vector<AccountLease>& leases,
                                     std::chrono::milliseconds ttl) {
  std::vector<std::string> held;
  if (leases.empty()) return held;
  std::vector<std::string> accounts;
  for (const auto& lease : leases) accounts.push_back(lease.key());
  for (const auto& row : transaction.Query(kRenew, {{"until", transaction.Now() + ttl},
                                                    {"length", ttl},
                                                    {"owner", leases.front().owner},
                                                    {"accounts", accounts}})) {
    const auto account = row.Text("account_id");
    const auto token = row.Int("lease_token");
    const auto generation = row.Int("generation");
    const bool ours = std::ranges::any_of(leases, [&](const AccountLease& lease) {
      return lease.key() == account && lease.token == token && lease.who.generation == generation;
    });
    if (ours) held.emplace_back(account);
  }
  return held;
}

Result<std::int64_t> LockPoll(store::Transaction& transaction, const AccountLease& lease,
                              std::optional<SysTime> cursor) {
  const auto locked = transaction.QueryOne(kLock, {{"now", transaction.Now()},
                                                   {"cursor", cursor},
                                                   {"account", lease.who.account},
                                                   {"owner", lease.owner},
                                                   {"token", lease.token},
                                                   {"generation", lease.who.generation}});
  if (!locked) return LeaseLost(lease);
  return locked->Int("write_counter");
}

Status FinishPoll(store::Transaction& transaction, const AccountLease& lease, const PollEnd& end) {
  const auto now = transaction.Now();
  const auto wait = std::clamp<std::chrono::milliseconds>(end.next_poll_in, {}, kLongestPollWait);
  const auto error = end.error ? Storable(end.error->message) : std::string();
  const auto& account = lease.who.account;
  const auto touched =
      end.interrupted
          ? transaction.Execute(kInterrupt,
                                {{"next", now}, {"account", account}, {"owner", lease.owner}, {"token", lease.token}})
          : transaction.Execute(kFinish, {{"next", now + wait},
                                          {"wait", wait},
                                          {"error", error},
                                          {"well", !end.error},
                                          {"now", now},
                                          {"account", account},
                                          {"owner", lease.owner},
                                          {"token", lease.token}});
  if (touched != 1) return LeaseLost(lease);
  return Ok();
}

void FreeLeasesOfTheDead(store::Database& database) {
  if (database.engine() == store::Engine::kSqlite) database.NewSession()->Execute(kFreeAll);
}

}  // namespace cdiscount::order_ingest::rows
