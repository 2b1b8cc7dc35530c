#pragma once

#include <chrono>
#include <functional>
#include <map>

#include "app/ports.hpp"

namespace cdiscount::auth {

struct TokenCacheOptions {
  /// How long a caller waits for a token that somebody else asks for.
  std::chrono::milliseconds patience{15'000};
  /// How often it looks whether another replica has it. What this process asks for is told at once.
  std::chrono::milliseconds look_again{200};
};

/// Gives access tokens: one per client id, asked for once however many callers and replicas want it, renewed early, and
/// never asked for again with credentials that were refused. Network thread only.
class TokenCache {
 public:
  /// `jitter` gives numbers in [0, 1] (PlanLife). The other objects must outlive this one.
  TokenCache(TokenVault& vault, TokenIssuer& issuer, Observer& observer, const Clock& clock,
             std::function<double()> jitter, TokenCacheOptions options = {})
      : vault_(vault),
        issuer_(issuer),
        observer_(observer),
        clock_(clock),
        jitter_(std::move(jitter)),
        options_(options) {}

  /// Fails with kNotFound, kConflict (disabled), kUnauthenticated (the credentials were refused, now or before),
  /// kThrottled, kUnavailable, kDeadlineExceeded or kUnreadable. A request that has begun is brought to its end even
  /// when the caller goes away.
  Task<Result<GivenToken>> Get(AccountId account, TokenWish wish = {}, Cause cause = {});

 private:
  Task<Result<GivenToken>> Find(AccountId account, TokenWish wish, Cause cause);
  Task<Result<GivenToken>> Ask(TokenClaim claim, Cause cause);
  Task<Result<GivenToken>> Settle(TokenClaim claim, Result<IssuedToken> issued, Cause cause);
  Task<> WaitFor(ClientId client);
  void Ring(const ClientId& client);

  TokenVault& vault_;
  TokenIssuer& issuer_;
  Observer& observer_;
  const Clock& clock_;
  std::function<double()> jitter_;
  TokenCacheOptions options_;
  std::multimap<ClientId, std::function<void()>> waiting_;  ///< Wakes one caller.
};

}  // namespace cdiscount::auth
