#include "metrics.hpp"

#include "domain/messages.hpp"

namespace cdiscount::auth {

Metrics::Metrics(telemetry::Metrics& all)
    : tokens_given(all, "auth_tokens_given_total",
                   "Access tokens given to callers, by whether one was held or a new one was asked for", "source",
                   {"held", "new"}),
      tokens_not_given(all, "auth_tokens_not_given_total", "Callers that got no access token, by why", "code",
                       telemetry::ErrorLabels()),
      token_requests(all, "auth_token_requests_total",
                     "Requests to the marketplace's token service, by what came of them", "outcome",
                     {"issued", "refused", "throttled", "failed"}),
      token_request_seconds(
          all.AddHistogram("auth_token_request_seconds", "How long requests to the marketplace's token service took")),
      connections_verified(all, "auth_connections_verified_total", "Connection checks, by what was found", "outcome",
                           Labels<v1::ConnectionOutcome>()),
      accounts(all, "auth_accounts", "Accounts, by state", "state", Labels<AccountState>()),
      token_expiry(
          all.AddGauge("auth_token_expiry_timestamp_seconds",
                       "When the first of the held access tokens ends, seconds since 1970; 0 when none is held")) {}

}  // namespace cdiscount::auth
