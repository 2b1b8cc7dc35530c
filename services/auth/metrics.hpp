#pragma once

#include "cdiscount/auth/v1/account_service.pb.h"
#include "domain/account.hpp"
#include "telemetry/series_by.hpp"

namespace cdiscount::auth {

enum class TokenSource { kHeld, kNew };
enum class TokenRequestOutcome { kIssued, kRefused, kThrottled, kFailed };

/// The metrics of auth: each series is registered here and nowhere else. Thread-safe.
struct Metrics {
  /// `all` must outlive this object.
  explicit Metrics(telemetry::Metrics& all);

  telemetry::CountersBy<TokenSource> tokens_given;
  telemetry::CountersBy<ErrorCode> tokens_not_given;
  telemetry::CountersBy<TokenRequestOutcome> token_requests;
  telemetry::Histogram& token_request_seconds;
  telemetry::CountersBy<v1::ConnectionOutcome> connections_verified;
  telemetry::GaugesBy<AccountState> accounts;
  telemetry::Gauge& token_expiry;
};

}  // namespace cdiscount::auth
