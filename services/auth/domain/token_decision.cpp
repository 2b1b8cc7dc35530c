#include "domain/token_decision.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cdiscount::auth {
namespace {

using std::chrono::milliseconds;

/// At least a millisecond: an error that says "wait" never says "wait for nothing".
milliseconds Until(SysTime then, SysTime now) {
  return std::max(milliseconds{1}, std::chrono::ceil<milliseconds>(then - now));
}

/// Whether something lasts until `until`, which cannot be later than `longest` from now.
bool Holds(std::optional<SysTime> until, SysTime now, milliseconds longest) {
  return until && now < *until && *until <= now + longest + kClockSlack;
}

NoToken Pausing(const TokenPause& pause, SysTime now) {
  return {{.code = pause.code, .message = pause.reason, .retry_after = Until(pause.until, now)}};
}

NoToken RejectedAgain(const TokenLife& held, SysTime now) {
  const auto again = held.issued_at + kRejectedTokenPause;
  return {
      {.code = ErrorCode::kUnavailable,
       .message = fmt::format("The marketplace rejected a token that its own token service had just issued in place of "
                              "a rejected one. The next one is asked for {} s after the last.",
                              kRejectedTokenPause.count()),
       .retry_after = Until(again, now)}};
}

NoToken QuotaSpent(const TokenSituation& situation, const TokenLimits& limits, SysTime now) {
  const auto oldest = situation.oldest_asked.value_or(now);
  return {{.code = ErrorCode::kThrottled,
           .message = fmt::format("{} tokens were asked for with this client id in the last hour, which is the quota: "
                                  "wait, and find out what rejects the tokens.",
                                  limits.per_hour),
           .retry_after = Until(oldest + limits.window(), now)}};
}

}  // namespace

TokenDecision DecideToken(const TokenSituation& situation, const TokenWish& wish, const TokenLimits& limits,
                          SysTime now) {
  const auto& held = situation.held;
  const bool rejected = held && !wish.rejected_fingerprint.empty() && held->fingerprint == wish.rejected_fingerprint;
  const bool too_old = held && wish.max_age && now - held->issued_at > *wish.max_age;
  const bool serves = held && held->IsUsable(now) && !rejected && !too_old;
  // Of a token from the future it is not known when it ends: it serves as long as there is no other.
  const bool from_the_future = held && held->issued_at > now + kClockSlack;
  if (serves && !held->IsDueForRenewal(now) && !from_the_future) return ServeHeldToken{};

  if (Holds(situation.asked_until, now, limits.lease())) {
    if (serves) return ServeHeldToken{};
    return WaitForToken{};
  }
  const auto instead = [&](NoToken no) -> TokenDecision {
    if (serves) return ServeHeldToken{};
    return no;
  };
  if (situation.pause && Holds(situation.pause->until, now, kLongestPause))
    return instead(Pausing(*situation.pause, now));
  if (situation.asked_in_window >= limits.per_hour) return instead(QuotaSpent(situation, limits, now));
  if (rejected && held->replaces_rejected && !from_the_future && now - held->issued_at < kRejectedTokenPause) {
    return RejectedAgain(*held, now);
  }
  return AskForToken{.replaces_rejected = rejected};
}

ErrorCode TokenFailure(ErrorCode answered) {
  switch (answered) {
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kThrottled:
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kUnreadable:
    case ErrorCode::kInternal:
      return answered;
    case ErrorCode::kCancelled:
      return ErrorCode::kUnavailable;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict:
    case ErrorCode::kPermissionDenied:
      return ErrorCode::kUnreadable;
  }
  return answered;
}

std::chrono::milliseconds PauseAfterFailure(int failures, std::optional<milliseconds> named) {
  constexpr int kDoublings = 5;
  const auto grown = std::chrono::seconds{1} * (1 << std::clamp(failures - 1, 0, kDoublings));
  if (named) return std::clamp<milliseconds>(*named, std::chrono::seconds{1}, kLongestPause);
  return std::min<milliseconds>(grown, std::chrono::seconds{30});
}

}  // namespace cdiscount::auth
