#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "app/token_claims.hpp"
#include "core/task.hpp"
#include "marketplace/token_api.hpp"
#include "metrics.hpp"
#include "store/database.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::auth {

struct IssueOptions {
  TokenLimits limits = {};
  /// How long a caller waits for a token that another caller asks for.
  std::chrono::milliseconds patience{15'000};
};

/// Gives access tokens: one per client id, asked for once however many callers and replicas want it, renewed early, and
/// never asked for again with credentials that were refused. Network thread only.
class IssueTokens {
 public:
  /// `jitter` gives numbers in [0, 1] (PlanLife). The other objects must outlive this one.
  IssueTokens(store::Database& database, const crypto::SealedBox& box, marketplace::TokenApi& api, Metrics& metrics,
              const Clock& clock, std::function<double()> jitter, IssueOptions options = {})
      : database_(database),
        box_(box),
        api_(api),
        metrics_(metrics),
        clock_(clock),
        jitter_(std::move(jitter)),
        options_(options) {}

  /// Fails with kNotFound, kConflict (disabled), kUnauthenticated (the credentials were refused, now or before),
  /// kThrottled, kUnavailable, kDeadlineExceeded or kUnreadable. A request that has begun is brought to its end even
  /// when the caller goes away. `traceparent` goes with the event of a refusal.
  Task<Result<GivenToken>> Get(AccountId account, TokenWish wish = {}, std::string traceparent = {});

 private:
  Task<Result<GivenToken>> Find(AccountId account, TokenWish wish, std::string traceparent);
  Task<Result<GivenToken>> Ask(TokenClaim claim, std::string traceparent);
  Task<Result<GivenToken>> Keep(TokenClaim claim, marketplace::IssuedToken issued);
  Task<Error> Fail(TokenClaim claim, Error error, std::string traceparent);
  Task<> WaitFor(ClientId client);
  void Wake(const ClientId& client);

  store::Database& database_;
  const crypto::SealedBox& box_;
  marketplace::TokenApi& api_;
  Metrics& metrics_;
  const Clock& clock_;
  std::function<double()> jitter_;
  IssueOptions options_;
  log::Limited failures_;
  std::multimap<ClientId, std::function<void()>> waiting_;  ///< Wakes one caller.
};

}  // namespace cdiscount::auth
