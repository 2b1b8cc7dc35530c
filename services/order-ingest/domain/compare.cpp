#include "domain/compare.hpp"

namespace cdiscount::order_ingest {

Decision Compare(const std::optional<KnownVersion>& known, const Candidate& next) {
  if (!known) {
    return {.verdict = Verdict::kNew,
            .version = 1,
            .status = next.status,
            .event = OrderEventType::kReceived,
            .recipients_changed = !next.fingerprint.recipients.empty()};
  }

  Decision keep{.verdict = Verdict::kUnchanged, .version = known->version, .status = known->status};
  // Without a stamp there is no telling which answer is newer; then the later answer counts, as under one stamp.
  const bool both_stamped = known->updated_at && next.updated_at;
  if (both_stamped && *next.updated_at < *known->updated_at) {
    keep.verdict = Verdict::kOlder;
    return keep;
  }
  if (next.fingerprint == known->fingerprint) return keep;

  const bool same_stamp = !both_stamped || *next.updated_at == *known->updated_at;
  if (same_stamp && known->written_at > next.asked_at) {
    keep.verdict = Verdict::kAskAgain;
    return keep;
  }
  const bool came_back = same_stamp && known->before_under_same_stamp == next.fingerprint;
  if (came_back && known->times_back + 1 < kBelieveAfter) {
    keep.verdict = Verdict::kFlicker;
    return keep;
  }

  const auto status = NextStatus(known->status, next.status);
  return {.verdict = Verdict::kChanged,
          .version = known->version + 1,
          .status = status,
          .event = TransitionEvent(known->status, status),
          .recipients_changed = next.fingerprint.recipients != known->fingerprint.recipients};
}

}  // namespace cdiscount::order_ingest
