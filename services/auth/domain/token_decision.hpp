#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/result.hpp"
#include "domain/access_token.hpp"
#include "domain/account_rules.hpp"

namespace cdiscount::auth {

/// Tokens that one client id may ask for per hour (docs/marketplace.md#quota).
inline constexpr int kTokensPerHour = 500;

/// The limits on requests for tokens of one client id.
struct TokenLimits {
  int per_hour = kTokensPerHour;
  std::chrono::milliseconds request_timeout{30'000};  ///< How long one request may take.

  /// How long a caller has the sole right to ask: longer than a request may take.
  std::chrono::milliseconds lease() const { return request_timeout + std::chrono::seconds{15}; }
  /// In which requests are counted: an hour, and as long as one that was counted may still be on its way.
  std::chrono::milliseconds window() const { return std::chrono::hours{1} + request_timeout; }
};

/// A token that replaced a rejected one is not replaced again before this: the marketplace rejects what its own token
/// service issues, and asking faster does not help.
inline constexpr std::chrono::seconds kRejectedTokenPause{60};

/// No failure stops the requests for longer, whatever the marketplace named: then it is asked once more.
inline constexpr std::chrono::hours kLongestPause{1};

/// An instant that is later than this from now was written by a clock that was set back since; it is not obeyed.
inline constexpr std::chrono::minutes kClockSlack{1};

/// The conditions of a caller on the token.
struct TokenWish {
  /// Fingerprint of a token that the marketplace rejected (401); empty = none.
  std::string rejected_fingerprint;
  /// Only a token at most this old: to try the credentials themselves.
  std::optional<std::chrono::seconds> max_age;
};

/// The last token request that failed without a refusal: no caller asks again before `until`.
struct TokenPause {
  SysTime until;
  ErrorCode code = ErrorCode::kUnavailable;  ///< kThrottled, kUnavailable, kDeadlineExceeded, kUnreadable.
  std::string reason;                        ///< In words.
};

/// The tokens of one client id, as the database has them.
struct TokenSituation {
  std::optional<TokenLife> held;
  std::optional<SysTime> asked_until;  ///< A caller is asking for one now, and has until then.
  std::optional<TokenPause> pause;
  int asked_in_window = 0;              ///< Requests within the last TokenLimits::window(), up to kClockSlack from now.
  std::optional<SysTime> oldest_asked;  ///< The oldest of them.
};

struct ServeHeldToken {};
/// The caller takes the lease and asks the marketplace.
struct AskForToken {
  bool replaces_rejected = false;
};
/// Another caller is asking: look again when it is done.
struct WaitForToken {};
/// kThrottled or what the pause says, always with `retry_after`.
struct NoToken {
  Error error;
};
using TokenDecision = std::variant<ServeHeldToken, AskForToken, WaitForToken, NoToken>;

/// Decides what happens to one request for a token. Whenever a new one cannot be had now, a held one that still lives
/// and fits the wish is better than none. An instant later than any can be (the clock was set back) holds up nothing.
TokenDecision DecideToken(const TokenSituation& situation, const TokenWish& wish, const TokenLimits& limits,
                          SysTime now);

/// The right, and the duty, to ask the marketplace for one token. No other caller asks for this client id until the
/// claim is ended or its time is over.
struct TokenClaim {
  Credentials credentials;
  std::int64_t revision = 0;  ///< Of the credentials: an answer about older ones is dropped.
  std::int64_t lease = 0;     ///< Number of the claim: a later one makes it void.
  SysTime asked_at;
  bool replaces_rejected = false;
  SellerId seller_id;
  ChannelId sales_channel_id;
};

/// A token, and what the calls with it are made for.
struct GivenToken {
  AccessToken token;
  SellerId seller_id;
  ChannelId sales_channel_id;
};

/// The code that the caller gets for a failed request to the token realm: kUnauthenticated, kThrottled, kUnavailable,
/// kDeadlineExceeded or kUnreadable stay; an answer that this call is not expected to get cannot be understood, a
/// request that was given up has no answer.
ErrorCode TokenFailure(ErrorCode answered);

/// How long to pause after the n-th failed request in a row (1, 2, ...): 1 s doubling to 30 s, or what the marketplace
/// named, from 1 s to kLongestPause.
std::chrono::milliseconds PauseAfterFailure(int failures, std::optional<std::chrono::milliseconds> named);

}  // namespace cdiscount::auth
