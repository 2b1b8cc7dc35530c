#include "domain/compare.hpp"

#include <algorithm>

namespace cdiscount::order_ingest {
namespace {

constexpr std::chrono::minutes kLongestPauseAfterOlder{60};

Decision Newer(const KnownVersion& known, const Candidate& next, Verdict verdict) {
  const auto status = NextStatus(known.status, next.status);
  return {.verdict = verdict,
          .version = known.version + 1,
          .status = status,
          .event = TransitionEvent(known.status, status),
          .recipients_changed = next.fingerprint.recipients != known.fingerprint.recipients};
}

// A pause that ends later than the longest one was set by a clock that ran ahead.
bool MayAskAboutOlder(const KnownVersion& known, SysTime now) {
  return !known.ask_older_from || *known.ask_older_from <= now || *known.ask_older_from > now + kLongestPauseAfterOlder;
}

}  // namespace

Decision Compare(const std::optional<KnownVersion>& known, const Candidate& next) {
  if (!known) {
    return {.verdict = Verdict::kNew,
            .version = 1,
            .status = next.status,
            .event = ORDER_EVENT_TYPE_RECEIVED,
            .recipients_changed = !next.fingerprint.recipients.empty()};
  }

  Decision keep{.verdict = Verdict::kUnchanged, .version = known->version, .status = known->status};
  const bool asked_before = known->written_at > next.asked_at;
  const bool same_content = next.fingerprint == known->fingerprint;
  // Without a stamp there is no telling which answer is newer; then the later answer counts, as without a newest stamp.
  const bool both_stamped = known->updated_at && next.updated_at;
  if (both_stamped && *next.updated_at < *known->updated_at) {
    if (next.alone && !same_content && !asked_before) return Newer(*known, next, Verdict::kSetBack);
    keep.verdict = Verdict::kOlder;
    keep.ask_again = !next.alone && !same_content && MayAskAboutOlder(*known, next.now);
    return keep;
  }
  if (same_content) return keep;

  const bool newest_stamp = IsNewestStamp(*known, next.updated_at);
  if (!newest_stamp && asked_before) {
    keep.verdict = Verdict::kAskAgain;
    keep.ask_again = true;
    return keep;
  }
  if (!newest_stamp && std::ranges::find(known->earlier, next.fingerprint) != known->earlier.end()) {
    const int times_back = known->back == next.fingerprint ? known->times_back + 1 : 1;
    if (times_back < kBelieveAfter) {
      keep.verdict = Verdict::kFlicker;
      keep.times_back = times_back;
      return keep;
    }
  }
  return Newer(*known, next, Verdict::kChanged);
}

KnownVersion Remember(const std::optional<KnownVersion>& known, const Candidate& next, const Decision& decision) {
  auto after = known.value_or(KnownVersion{});
  switch (decision.verdict) {
    case Verdict::kAskAgain:
      return after;
    case Verdict::kOlder:
      if (!decision.ask_again) return after;
      after.ask_older_from = next.now + PauseAfterOlder(++after.older_asks);
      return after;
    case Verdict::kFlicker:
      after.back = next.fingerprint;
      after.times_back = decision.times_back;
      return after;
    case Verdict::kUnchanged:
    case Verdict::kNew:
    case Verdict::kChanged:
    case Verdict::kSetBack:
      break;
  }
  after.version = decision.version;
  after.status = decision.status;
  after.fingerprint = next.fingerprint;
  after.newest_stamp = std::max({after.newest_stamp, after.updated_at, next.updated_at});
  if (next.updated_at) after.updated_at = next.updated_at;
  after.back.reset();
  after.times_back = 0;
  // Without a newest stamp the order may go back and forth: what tells that is kept, the pause of older answers too.
  const bool newest = known && IsNewestStamp(*known, next.updated_at);
  if (newest) {
    after.earlier.clear();
  } else if (known && IsNews(decision.verdict)) {
    after.earlier = EarlierAfter(*known, next.fingerprint);
  }
  if (newest && IsNews(decision.verdict)) {
    after.older_asks = 0;
    after.ask_older_from.reset();
  }
  return after;
}

bool IsNewestStamp(const KnownVersion& known, const std::optional<SysTime>& stamp) {
  return known.updated_at && stamp && *stamp > std::max(known.updated_at, known.newest_stamp);
}

std::chrono::minutes PauseAfterOlder(int asks) {
  constexpr int kDoublings = 6;
  return std::min(std::chrono::minutes{1} * (1 << std::clamp(asks - 1, 0, kDoublings)), kLongestPauseAfterOlder);
}

std::vector<Fingerprint> EarlierAfter(const KnownVersion& known, const Fingerprint& next) {
  auto earlier = known.earlier;
  std::erase(earlier, next);
  earlier.push_back(known.fingerprint);
  if (earlier.size() > kMostEarlier) earlier.erase(earlier.begin());
  return earlier;
}

}  // namespace cdiscount::order_ingest
