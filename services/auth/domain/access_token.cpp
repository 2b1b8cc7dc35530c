#include "domain/access_token.hpp"

#include <algorithm>
#include <utility>

namespace cdiscount::auth {

TokenLife PlanLife(std::string fingerprint, std::chrono::seconds lifetime, SysTime asked_at, double jitter,
                   bool replaces_rejected) {
  using std::chrono::microseconds;
  constexpr microseconds kMargin = std::chrono::minutes{5};
  const microseconds margin = std::min(kMargin, microseconds{lifetime} / 10);
  const microseconds spread{static_cast<microseconds::rep>(static_cast<double>(margin.count()) * jitter)};
  const auto expires_at = asked_at + lifetime;
  return {.fingerprint = std::move(fingerprint),
          .issued_at = asked_at,
          .renew_at = expires_at - margin - spread,
          .expires_at = expires_at,
          .replaces_rejected = replaces_rejected};
}

}  // namespace cdiscount::auth
