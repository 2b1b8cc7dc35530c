#pragma once

#include <chrono>
#include <string>

#include "core/clock.hpp"
#include "core/secret.hpp"

namespace cdiscount::auth {

/// An access token without its value.
struct TokenLife {
  std::string fingerprint;         ///< First 16 hex digits of its SHA-256.
  SysTime issued_at;               ///< When it was asked for: never later than when its life began.
  SysTime renew_at;                ///< From here on a new one is asked for, while this one still serves.
  SysTime expires_at;              ///< From here on it is of no use.
  bool replaces_rejected = false;  ///< It was asked for because the marketplace rejected the one before it.

  bool IsUsable(SysTime now) const { return now < expires_at; }
  bool IsDueForRenewal(SysTime now) const { return now >= renew_at; }

  friend bool operator==(const TokenLife&, const TokenLife&) = default;
};

/// A token of the marketplace, with its life.
struct AccessToken {
  Secret value;
  TokenLife life;

  friend bool operator==(const AccessToken&, const AccessToken&) = default;
};

/// When the token is to be renewed: 5 to 10 minutes before its end (the marketplace's clients use 1 to 5, 1.1), for
/// short lives a tenth to a fifth of them. `jitter` in [0, 1] picks the point, so that many tokens of one start are not
/// renewed in one second. `lifetime` is the answer's `expires_in` (docs/marketplace.md#tokens: trust it, usually 7200).
TokenLife PlanLife(std::string fingerprint, std::chrono::seconds lifetime, SysTime asked_at, double jitter,
                   bool replaces_rejected);

}  // namespace cdiscount::auth
