#include "adapters/sql_token_vault.hpp"

#include <fmt/format.h>

#include "adapters/sealing.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::auth {
namespace {

constexpr std::string_view kSelectClient =
    "SELECT sealed_secret, revision, sealed_token, fingerprint, issued_at, renew_at, expires_at, replaces_rejected,"
    " lease, asked_until, pause_until, pause_code, pause_reason FROM client WHERE client_id = :client";
constexpr std::string_view kLockClient =
    "SELECT sealed_secret, revision, sealed_token, fingerprint, issued_at, renew_at, expires_at, replaces_rejected,"
    " lease, asked_until, pause_until, pause_code, pause_reason FROM client WHERE client_id = :client FOR UPDATE";

constexpr std::string_view kCountRequests =
    "SELECT count(*), min(asked_at) FROM token_request WHERE client_id = :client AND asked_at > :since"
    " AND asked_at <= :latest";
constexpr std::string_view kForgetRequests =
    "DELETE FROM token_request WHERE client_id = :client AND (asked_at <= :since OR asked_at > :latest)";
constexpr std::string_view kCountRequest = "INSERT INTO token_request (client_id, asked_at) VALUES (:client, :now)";

constexpr std::string_view kClaim =
    "UPDATE client SET lease = lease + 1, asked_until = :until WHERE client_id = :client RETURNING lease";

// Who writes under a claim that is void touches no row.
constexpr std::string_view kKeep =
    "UPDATE client SET sealed_token = :token, fingerprint = :fingerprint, issued_at = :issued, renew_at = :renew,"
    " expires_at = :expires, replaces_rejected = :replaces, asked_until = NULL, failures = 0, pause_until = NULL,"
    " pause_code = NULL, pause_reason = NULL WHERE client_id = :client AND lease = :lease AND revision = :revision";
constexpr std::string_view kEndFailed =
    "UPDATE client SET asked_until = NULL, failures = failures + 1"
    " WHERE client_id = :client AND lease = :lease AND revision = :revision RETURNING failures";
constexpr std::string_view kPause =
    "UPDATE client SET pause_until = :until, pause_code = :code, pause_reason = :reason WHERE client_id = :client";
constexpr std::string_view kRefuse =
    "UPDATE client SET refusal = :refusal, asked_until = NULL, sealed_token = NULL, fingerprint = NULL, issued_at = "
    "NULL,"
    " renew_at = NULL, expires_at = NULL, replaces_rejected = NULL"
    " WHERE client_id = :client AND lease = :lease AND revision = :revision";

/// The codes that a failed request can have; what an older version of this program wrote is kUnavailable.
ErrorCode PauseCode(std::string_view name) {
  for (const auto code : {ErrorCode::kThrottled, ErrorCode::kDeadlineExceeded, ErrorCode::kUnreadable}) {
    if (ToString(code) == name) return code;
  }
  return ErrorCode::kUnavailable;
}

Error Void(const TokenClaim& claim) {
  return {.code = ErrorCode::kConflict,
          .message =
              fmt::format("The answer for client id \"{}\" came too late: its credentials were replaced, or somebody "
                          "else has asked since.",
                          claim.credentials.client_id.value())};
}

}  // namespace

/// One transaction's worth of work.
class SqlTokenVault::Work {
 public:
  Work(SqlTokenVault& vault, store::Transaction& transaction)
      : vault_(vault),
        transaction_(transaction),
        accounts_(transaction, vault.outbox_),
        now_(vault.time_(transaction)) {}

  Result<TokenAnswer> Take(const AccountId& id, const TokenWish& wish) {
    const auto account = accounts_.Find(AccountRef{id.value()});
    if (!account) return account.error();
    const auto may_call = account->MayCall();
    if (!may_call) return may_call.error();

    // Most callers are served without a lock; who is to ask decides again under one.
    Load(account->client_id(), Lock::kNo);
    auto decision = Decide(wish);
    if (std::holds_alternative<AskForToken>(decision) && transaction_.engine() == store::Engine::kPostgres) {
      Load(account->client_id(), Lock::kYes);
      decision = Decide(wish);
    }
    if (const auto* no = std::get_if<NoToken>(&decision)) return no->error;
    if (std::holds_alternative<WaitForToken>(decision)) return TokenAnswer{TokenPending{account->client_id()}};
    if (const auto* ask = std::get_if<AskForToken>(&decision)) return Claim(*account, ask->replaces_rejected);
    return TokenAnswer{GivenToken{{token_, *situation_.held}, account->seller_id(), account->sales_channel_id()}};
  }

  Status Keep(const TokenClaim& claim, const AccessToken& token) {
    const auto& client = claim.credentials.client_id;
    const auto& life = token.life;
    const auto kept = transaction_.Execute(
        kKeep, {SealToken(vault_.box_, token.value, client, life.fingerprint), life.fingerprint, life.issued_at,
                life.renew_at, life.expires_at, life.replaces_rejected, client.value(), claim.lease, claim.revision});
    if (kept == 0) return Void(claim);
    return Ok();
  }

  Status Pause(const TokenClaim& claim, const Error& failure) {
    const auto& client = claim.credentials.client_id.value();
    const auto rows = transaction_.Query(kEndFailed, {client, claim.lease, claim.revision});
    if (rows.empty()) return Void(claim);
    const auto pause = PauseAfterFailure(static_cast<int>(rows.front().Int(0)), failure.retry_after);
    transaction_.Execute(kPause, {now_ + pause, ToString(failure.code), failure.message, client});
    return Ok();
  }

  Status Refuse(const TokenClaim& claim, const std::string& refusal, const Cause& cause) {
    const auto& client = claim.credentials.client_id;
    if (transaction_.Execute(kRefuse, {refusal, client.value(), claim.lease, claim.revision}) == 0) return Void(claim);
    for (const auto& account : accounts_.OfClient(client)) {
      const auto updated = accounts_.Update(account, account.Refused(refusal, now_), cause);
      if (!updated) return updated;
    }
    return Ok();
  }

 private:
  void Load(const ClientId& client, Lock lock) {
    const bool locking = lock == Lock::kYes && transaction_.engine() == store::Engine::kPostgres;
    const auto rows = transaction_.Query(locking ? kLockClient : kSelectClient, {client.value()});
    if (rows.empty()) {
      throw store::StoreError(ErrorCode::kUnavailable,
                              "The account's client id was changed at this instant. Try again.");
    }
    const auto& row = rows.front();
    situation_ = {};
    sealed_secret_ = row.Text(0);
    revision_ = row.Int(1);
    if (!row.IsNull(2)) {
      auto token = OpenToken(vault_.box_, row.Text(2), client, row.Text(3));
      // One that does not open any more, after a change of keys, is as good as none.
      if (token) {
        token_ = std::move(*token);
        situation_.held = TokenLife{.fingerprint = row.Text(3),
                                    .issued_at = row.Time(4),
                                    .renew_at = row.Time(5),
                                    .expires_at = row.Time(6),
                                    .replaces_rejected = row.Bool(7)};
      }
    }
    situation_.asked_until = row.MaybeTime(9);
    if (!row.IsNull(10)) situation_.pause = TokenPause{row.Time(10), PauseCode(row.Text(11)), row.Text(12)};
    const auto counted =
        transaction_.Query(kCountRequests, {client.value(), now_ - vault_.limits_.window(), now_ + kClockSlack});
    situation_.asked_in_window = static_cast<int>(counted.front().Int(0));
    situation_.oldest_asked = counted.front().MaybeTime(1);
  }

  TokenDecision Decide(const TokenWish& wish) const { return DecideToken(situation_, wish, vault_.limits_, now_); }

  Result<TokenAnswer> Claim(const Account& account, bool replaces_rejected) {
    const auto& client = account.client_id();
    auto secret = OpenClientSecret(vault_.box_, sealed_secret_, client, revision_);
    if (!secret) return secret.error();
    transaction_.Execute(kForgetRequests, {client.value(), now_ - vault_.limits_.window(), now_ + kClockSlack});
    transaction_.Execute(kCountRequest, {client.value(), now_});
    const auto claimed = transaction_.Query(kClaim, {now_ + vault_.limits_.lease(), client.value()});
    return TokenAnswer{TokenClaim{.credentials = {client, std::move(*secret)},
                                  .revision = revision_,
                                  .lease = claimed.front().Int(0),
                                  .asked_at = now_,
                                  .replaces_rejected = replaces_rejected,
                                  .seller_id = account.seller_id(),
                                  .sales_channel_id = account.sales_channel_id()}};
  }

  SqlTokenVault& vault_;
  store::Transaction& transaction_;
  AccountRows accounts_;
  SysTime now_;
  TokenSituation situation_;
  Secret token_;
  std::string sealed_secret_;
  std::int64_t revision_ = 0;
};

Task<Result<TokenAnswer>> SqlTokenVault::Take(AccountId account, TokenWish wish) {
  co_return co_await database_.Run(
      [&](store::Transaction& transaction) { return Work(*this, transaction).Take(account, wish); });
}

Task<Status> SqlTokenVault::Keep(TokenClaim claim, AccessToken token) {
  co_return co_await database_.Run(
      [&](store::Transaction& transaction) { return Work(*this, transaction).Keep(claim, token); });
}

Task<Status> SqlTokenVault::Pause(TokenClaim claim, Error failure) {
  co_return co_await database_.Run(
      [&](store::Transaction& transaction) { return Work(*this, transaction).Pause(claim, failure); });
}

Task<Status> SqlTokenVault::Refuse(TokenClaim claim, std::string refusal, Cause cause) {
  auto refused = co_await database_.Run(
      [&](store::Transaction& transaction) { return Work(*this, transaction).Refuse(claim, refusal, cause); });
  announced_();
  if (refused) {
    log::Warn("credentials_refused", {{"client_id", claim.credentials.client_id}, {"refusal", refusal}});
  }
  co_return refused;
}

}  // namespace cdiscount::auth
