#pragma once

#include <array>
#include <map>
#include <vector>

#include "app/ports.hpp"
#include "telemetry/metrics.hpp"

namespace cdiscount::auth {

/// What auth counts. Thread-safe.
class AuthMetrics final : public Observer {
 public:
  /// `metrics` must outlive this object.
  explicit AuthMetrics(telemetry::Metrics& metrics);

  void TokenGiven(bool newly_issued) override;
  void TokenNotGiven(ErrorCode why) override;
  void TokenRequestEnded(std::optional<ErrorCode> failure, std::chrono::duration<double> took) override;
  void ConnectionVerified(ConnectionOutcome outcome) override;

  /// The state of all accounts.
  void AccountsCounted(const std::vector<AccountView>& accounts, SysTime now);

 private:
  telemetry::Counter& given_held_;
  telemetry::Counter& given_new_;
  std::map<ErrorCode, telemetry::Counter*> not_given_;
  telemetry::Counter& requests_issued_;
  telemetry::Counter& requests_refused_;
  telemetry::Counter& requests_throttled_;
  telemetry::Counter& requests_failed_;
  telemetry::Histogram& request_seconds_;
  std::map<ConnectionOutcome, telemetry::Counter*> verified_;
  std::map<AccountState, telemetry::Gauge*> accounts_;
  telemetry::Gauge& token_expiry_;
};

/// Sets the gauges from what is kept. `store`, `metrics` and `clock` must live until it is done.
Task<Status> CountAccounts(AccountStore& store, AuthMetrics& metrics, const Clock& clock);

}  // namespace cdiscount::auth
