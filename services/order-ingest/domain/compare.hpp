#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "domain/order_status.hpp"

namespace cdiscount::order_ingest {

/// What tells one version of an order from another, without its text.
struct Fingerprint {
  std::string content;     ///< SHA-256 of CanonicalContent.
  std::string recipients;  ///< HMAC of CanonicalRecipients; empty when there are none.

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// What a store knows of an order, as far as the decision needs it.
struct KnownVersion {
  std::int64_t version = 0;
  OrderStatus status = OrderStatus::kUnknown;  ///< As announced.
  std::optional<SysTime> updated_at;
  Fingerprint fingerprint;  ///< Under the present scheme.
  /// The content before this one, when both carried the same `updated_at`.
  std::optional<Fingerprint> before_under_same_stamp;
  /// How many reads in a row brought that content back.
  int times_back = 0;
  /// The account's write counter when this version was stored.
  std::int64_t written_at = 0;
};

/// What was read now.
struct Candidate {
  OrderStatus status = OrderStatus::kUnknown;  ///< As the marketplace says.
  std::optional<SysTime> updated_at;
  Fingerprint fingerprint;
  /// The account's write counter before the request went out.
  std::int64_t asked_at = 0;
};

enum class Verdict {
  kNew,        ///< Never seen: version 1.
  kChanged,    ///< Version + 1.
  kUnchanged,  ///< The same version; only a later `updated_at` is noted.
  kOlder,      ///< An older answer that arrives late: dropped.
  kAskAgain,   ///< Stored by somebody else after our request went out, under the same stamp: nobody can tell which is
               ///< newer.
  kFlicker,    ///< Content that goes back and forth under one stamp: waits until it holds still.
};

struct Decision {
  Verdict verdict = Verdict::kUnchanged;
  std::int64_t version = 0;                         ///< Of the order after the decision.
  OrderStatus status = OrderStatus::kUnknown;       ///< To announce.
  OrderEventType event = OrderEventType::kChanged;  ///< For kNew and kChanged.
  bool recipients_changed = false;                  ///< For kNew and kChanged.
};

/// Reads in a row that must show the same earlier content before a flickering order is believed.
inline constexpr int kBelieveAfter = 3;

/// Decides what an answer of the marketplace means for an order. Pure: every store calls it inside its transaction.
Decision Compare(const std::optional<KnownVersion>& known, const Candidate& next);

}  // namespace cdiscount::order_ingest
