#pragma once

#include <string>
#include <variant>

#include "core/result.hpp"
#include "crypto/sealed_box.hpp"
#include "domain/account.hpp"
#include "domain/token_decision.hpp"
#include "store/session.hpp"

/// One token per client id: the transactions before and after a request to the marketplace. None of them spans the
/// request.
namespace cdiscount::auth {

/// Another caller asks for the token of this client id at the moment.
struct TokenPending {
  ClientId client_id;
};

using TokenAnswer = std::variant<GivenToken, TokenClaim, TokenPending>;

/// Fails with kNotFound (no such account), kConflict (disabled), kUnauthenticated (needs new credentials), kUnavailable
/// (its credentials change at this instant), or as DecideToken says. A claim is counted before it is given.
Result<TokenAnswer> TakeToken(store::Transaction& transaction, const crypto::SealedBox& box, const TokenLimits& limits,
                              const AccountId& id, const TokenWish& wish);

// The end of a claim. All fail with kConflict when the claim is void, and change nothing then.

Status KeepToken(store::Transaction& transaction, const crypto::SealedBox& box, const TokenClaim& claim,
                 const AccessToken& token);
/// The request failed without a refusal: no caller asks again before PauseAfterFailure.
Status PauseRequests(store::Transaction& transaction, const TokenClaim& claim, const Error& failure);
/// The marketplace refused the credentials: every account of the client id needs new ones, and that is announced.
Status RefuseCredentials(store::Transaction& transaction, const TokenClaim& claim, const std::string& refusal,
                         const std::string& traceparent);

}  // namespace cdiscount::auth
