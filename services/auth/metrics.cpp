#include "metrics.hpp"

#include <algorithm>
#include <string>

namespace cdiscount::auth {
namespace {

constexpr std::array kCodes = {ErrorCode::kInvalidArgument, ErrorCode::kNotFound,        ErrorCode::kAlreadyExists,
                               ErrorCode::kConflict,        ErrorCode::kUnauthenticated, ErrorCode::kPermissionDenied,
                               ErrorCode::kThrottled,       ErrorCode::kUnavailable,     ErrorCode::kDeadlineExceeded,
                               ErrorCode::kCancelled,       ErrorCode::kUnreadable,      ErrorCode::kInternal};
constexpr std::array kOutcomes = {ConnectionOutcome::kConnected,      ConnectionOutcome::kUnreachable,
                                  ConnectionOutcome::kWrongSecret,    ConnectionOutcome::kNotLinked,
                                  ConnectionOutcome::kUnknownSeller,  ConnectionOutcome::kQuotaSpent,
                                  ConnectionOutcome::kSellerNotActive};
constexpr std::array kStates = {AccountState::kEnabled, AccountState::kDisabled, AccountState::kNeedsNewCredentials};

constexpr auto kGiven = "auth_tokens_given_total";
constexpr auto kGivenHelp = "Access tokens given to callers, by whether one was held or a new one was asked for";
constexpr auto kRequests = "auth_token_requests_total";
constexpr auto kRequestsHelp = "Requests to the marketplace's token service, by what came of them";

}  // namespace

AuthMetrics::AuthMetrics(telemetry::Metrics& metrics)
    : given_held_(metrics.AddCounter(kGiven, kGivenHelp, {{"source", "held"}})),
      given_new_(metrics.AddCounter(kGiven, kGivenHelp, {{"source", "new"}})),
      requests_issued_(metrics.AddCounter(kRequests, kRequestsHelp, {{"outcome", "issued"}})),
      requests_refused_(metrics.AddCounter(kRequests, kRequestsHelp, {{"outcome", "refused"}})),
      requests_throttled_(metrics.AddCounter(kRequests, kRequestsHelp, {{"outcome", "throttled"}})),
      requests_failed_(metrics.AddCounter(kRequests, kRequestsHelp, {{"outcome", "failed"}})),
      request_seconds_(metrics.AddHistogram("auth_token_request_seconds",
                                            "How long requests to the marketplace's token service took")),
      token_expiry_(metrics.AddGauge("auth_token_expiry_seconds",
                                     "Until the first of the held access tokens ends; 0 when none is held")) {
  for (const auto code : kCodes) {
    not_given_[code] = &metrics.AddCounter("auth_tokens_not_given_total", "Callers that got no access token, by why",
                                           {{"code", std::string(ToString(code))}});
  }
  for (const auto outcome : kOutcomes) {
    verified_[outcome] = &metrics.AddCounter("auth_connections_verified_total", "Connection checks, by what was found",
                                             {{"outcome", std::string(ToString(outcome))}});
  }
  for (const auto state : kStates) {
    accounts_[state] =
        &metrics.AddGauge("auth_accounts", "Accounts, by state", {{"state", std::string(ToString(state))}});
  }
}

void AuthMetrics::TokenGiven(bool newly_issued) {
  (newly_issued ? given_new_ : given_held_).Increment();
}

void AuthMetrics::TokenNotGiven(ErrorCode why) {
  not_given_.at(why)->Increment();
}

void AuthMetrics::TokenRequestEnded(std::optional<ErrorCode> failure, std::chrono::duration<double> took) {
  request_seconds_.Observe(took);
  if (!failure) return requests_issued_.Increment();
  if (*failure == ErrorCode::kUnauthenticated) return requests_refused_.Increment();
  if (*failure == ErrorCode::kThrottled) return requests_throttled_.Increment();
  requests_failed_.Increment();
}

void AuthMetrics::ConnectionVerified(ConnectionOutcome outcome) {
  verified_.at(outcome)->Increment();
}

void AuthMetrics::AccountsCounted(const std::vector<AccountView>& accounts, SysTime now) {
  std::map<AccountState, int> counts;
  std::optional<SysTime> first_end;
  for (const auto& view : accounts) {
    ++counts[view.account.state()];
    if (view.token_expires_at) first_end = std::min(first_end.value_or(*view.token_expires_at), *view.token_expires_at);
  }
  for (const auto& [state, gauge] : accounts_) gauge->Set(counts[state]);
  token_expiry_.Set(first_end ? std::chrono::duration<double>(*first_end - now).count() : 0);
}

Task<Status> CountAccounts(AccountStore& store, AuthMetrics& metrics, const Clock& clock) {
  const auto accounts = co_await store.List({});
  if (!accounts) co_return accounts.error();
  metrics.AccountsCounted(*accounts, clock.Now());
  co_return Ok();
}

}  // namespace cdiscount::auth
