#include "app/token_claims.hpp"

#include <fmt/format.h>

#include "app/account_events.hpp"
#include "rows/accounts.hpp"
#include "rows/clients.hpp"

namespace cdiscount::auth {
namespace {

using rows::Lock;

/// A client id as the database has it, and what is to be done about one wish.
struct Looked {
  rows::Client client;
  Secret token;  ///< Of `client`, when one is held.
  TokenDecision decision;
};

Result<Looked> Look(store::Transaction& transaction, const crypto::SealedBox& box, const TokenLimits& limits,
                    const ClientId& id, const TokenWish& wish, SysTime now, Lock lock) {
  auto client = rows::FindClient(transaction, id, lock);
  if (!client) {
    return Error{.code = ErrorCode::kUnavailable,
                 .message = "The account's client id was changed at this instant. Try again."};
  }
  Looked looked{.client = *std::move(client)};
  auto& tokens = looked.client.tokens;
  if (tokens.held) {
    auto token = rows::OpenToken(box, looked.client);
    // One that does not open any more, after a change of keys, is as good as none.
    if (token) {
      looked.token = *std::move(token);
    } else {
      tokens.held.reset();
    }
  }
  rows::CountRequests(transaction, id, now - limits.window(), now + kClockSlack, tokens);
  looked.decision = DecideToken(tokens, wish, limits, now);
  return looked;
}

Error Void(const TokenClaim& claim) {
  return {
      .code = ErrorCode::kConflict,
      .message = fmt::format("The answer for client id \"{}\" came too late: its credentials were replaced, or another "
                             "caller has asked since.",
                             claim.credentials.client_id.value())};
}

}  // namespace

Result<TokenAnswer> TakeToken(store::Transaction& transaction, const crypto::SealedBox& box, const TokenLimits& limits,
                              const AccountId& id, const TokenWish& wish) {
  const auto now = transaction.Now();
  const auto account = rows::FindAccount(transaction, AccountRef{id.value()});
  if (!account) return account.error();
  const auto may_call = account->MayCall();
  if (!may_call) return may_call.error();

  // Most callers are served without a lock; a caller that is to ask decides again under one.
  const auto& client_id = account->client_id();
  auto looked = Look(transaction, box, limits, client_id, wish, now, Lock::kNo);
  if (looked && std::holds_alternative<AskForToken>(looked->decision)) {
    looked = Look(transaction, box, limits, client_id, wish, now, Lock::kYes);
  }
  if (!looked) return looked.error();
  if (const auto* no = std::get_if<NoToken>(&looked->decision)) return no->error;
  if (std::holds_alternative<WaitForToken>(looked->decision)) return TokenAnswer{TokenPending{client_id}};
  if (const auto* ask = std::get_if<AskForToken>(&looked->decision)) {
    auto secret = rows::OpenSecret(box, looked->client);
    if (!secret) return secret.error();
    rows::AddRequest(transaction, client_id, now, now - limits.window(), now + kClockSlack);
    return TokenAnswer{TokenClaim{.credentials = {client_id, *std::move(secret)},
                                  .revision = looked->client.revision,
                                  .lease = rows::ClaimToken(transaction, client_id, now + limits.lease()),
                                  .asked_at = now,
                                  .replaces_rejected = ask->replaces_rejected,
                                  .seller_id = account->seller_id(),
                                  .sales_channel_id = account->sales_channel_id()}};
  }
  return TokenAnswer{
      GivenToken{{looked->token, *looked->client.tokens.held}, account->seller_id(), account->sales_channel_id()}};
}

Status KeepToken(store::Transaction& transaction, const crypto::SealedBox& box, const TokenClaim& claim,
                 const AccessToken& token) {
  if (!rows::StoreToken(transaction, box, claim, token)) return Void(claim);
  return Ok();
}

Status PauseRequests(store::Transaction& transaction, const TokenClaim& claim, const Error& failure) {
  const auto failures = rows::CountFailure(transaction, claim);
  if (!failures) return Void(claim);
  rows::Pause(transaction, claim.credentials.client_id,
              {.until = transaction.Now() + PauseAfterFailure(*failures, failure.retry_after),
               .code = failure.code,
               .reason = failure.message});
  return Ok();
}

Status RefuseCredentials(store::Transaction& transaction, const TokenClaim& claim, const std::string& refusal,
                         const std::string& traceparent) {
  if (!rows::RefuseSecret(transaction, claim, refusal)) return Void(claim);
  const auto now = transaction.Now();
  for (const auto& account : rows::AccountsOfClient(transaction, claim.credentials.client_id)) {
    const auto saved = SaveNext(transaction, account, account.Refused(refusal, now), traceparent);
    if (!saved) return saved;
  }
  return Ok();
}

}  // namespace cdiscount::auth
