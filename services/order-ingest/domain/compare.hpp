#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "domain/order_status.hpp"

namespace cdiscount::order_ingest {

/// Hashes that tell one version of an order from another, without its text.
struct Fingerprint {
  std::string content;     ///< See marketplace::ContentHash.
  std::string recipients;  ///< See marketplace::Recipients::Digest.

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// Contents before the present one that are remembered.
inline constexpr std::size_t kMostEarlier = 8;

/// The stored facts about an order, as far as the decision needs them.
struct KnownVersion {
  std::int64_t version = 0;
  OrderStatus status = ORDER_STATUS_UNKNOWN;  ///< As announced.
  std::optional<SysTime> updated_at;
  Fingerprint fingerprint;  ///< Under the present scheme.
  /// The latest stamp that any answer showed. It is later than `updated_at` after the stamp was set back.
  std::optional<SysTime> newest_stamp = std::nullopt;
  /// The contents before this one since `newest_stamp` was first seen, oldest first; at most kMostEarlier.
  std::vector<Fingerprint> earlier = {};
  /// Which of them the last reads brought back, and how many reads in a row.
  std::optional<Fingerprint> back = std::nullopt;
  int times_back = 0;
  /// The account's write counter when this version was stored.
  std::int64_t written_at = 0;
  /// How often the order was asked for alone because of an older answer, and before when that is not done again.
  int older_asks = 0;
  std::optional<SysTime> ask_older_from = std::nullopt;

  friend bool operator==(const KnownVersion&, const KnownVersion&) = default;
};

/// The order as it was read now.
struct Candidate {
  OrderStatus status = ORDER_STATUS_UNKNOWN;  ///< As the marketplace says.
  std::optional<SysTime> updated_at;
  Fingerprint fingerprint;
  /// The account's write counter before the request went out.
  std::int64_t asked_at = 0;
  /// The answer to a request for this order alone. A list may be a little behind; this answer is believed.
  bool alone = false;
  SysTime now{};  ///< The store's clock.
};

enum class Verdict {
  kNew,        ///< Never seen: version 1.
  kChanged,    ///< Version + 1.
  kUnchanged,  ///< The same version; only a later `updated_at` is noted.
  kOlder,      ///< An older answer: dropped. With Decision::ask_again the order is to be asked for alone.
  kSetBack,    ///< Version + 1 although its stamp is older: asked for alone, the marketplace still says so.
  kAskAgain,   ///< Stored by another poll after our request went out, and no newer stamp: which is newer is open.
  kFlicker,    ///< Content that comes back without a newer stamp: waits until it holds still.
};

struct Decision {
  Verdict verdict = Verdict::kUnchanged;
  std::int64_t version = 0;                         ///< Of the order after the decision.
  OrderStatus status = ORDER_STATUS_UNKNOWN;        ///< To announce.
  OrderEventType event = ORDER_EVENT_TYPE_CHANGED;  ///< For kNew, kChanged and kSetBack.
  bool recipients_changed = false;                  ///< The same.
  bool ask_again = false;                           ///< For kOlder and kAskAgain: ask for the order alone.
  int times_back = 0;                               ///< For kFlicker: what KnownVersion::times_back becomes.
};

/// Reads in a row that must show the same earlier content before a flickering order is believed.
inline constexpr int kBelieveAfter = 3;

/// How long an older answer asks for nothing, after the order was asked for alone `asks` times because of one: 1 min,
/// doubling to 1 h. The list may show the older answer at every poll.
std::chrono::minutes PauseAfterOlder(int asks);

/// Whether an answer is stored as a version and announced.
constexpr bool IsNews(Verdict verdict) {
  return verdict == Verdict::kNew || verdict == Verdict::kChanged || verdict == Verdict::kSetBack;
}

/// Whether no answer before showed a stamp as late as this one. Only then the stamp alone says which content is newer:
/// two read replicas of the marketplace may show two versions in turn, each with its own stamp.
bool IsNewestStamp(const KnownVersion& known, const std::optional<SysTime>& stamp);

/// The new KnownVersion::earlier when `next` is stored after `known` without a newest stamp.
std::vector<Fingerprint> EarlierAfter(const KnownVersion& known, const Fingerprint& next);

/// Decides what an answer of the marketplace means for an order. Pure.
Decision Compare(const std::optional<KnownVersion>& known, const Candidate& next);

/// The facts to store about the order after this decision. `written_at` is for the caller to set.
KnownVersion Remember(const std::optional<KnownVersion>& known, const Candidate& next, const Decision& decision);

}  // namespace cdiscount::order_ingest
