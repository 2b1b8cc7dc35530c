#include "domain/server_clock.hpp"

#include <algorithm>
#include <vector>

namespace cdiscount::order_ingest {
namespace {

constexpr std::size_t kAnswers = 5;
constexpr std::chrono::minutes kOdd{1};
constexpr std::chrono::microseconds kMostAhead = std::chrono::hours{24};

}  // namespace

std::optional<std::chrono::microseconds> ServerClock::Answered(SysTime server, SysTime ours) {
  const auto ahead = std::chrono::duration_cast<std::chrono::microseconds>(server - ours);
  ahead_.push_back(ahead);
  if (ahead_.size() > kAnswers) ahead_.pop_front();
  const auto off = ahead - Median();
  if (off > kOdd || off < -kOdd) return off;
  return std::nullopt;
}

SysTime ServerClock::Now(SysTime ours) const {
  return ahead_.empty() ? ours : ours + std::clamp(Median(), -kMostAhead, kMostAhead);
}

SysTime ServerClock::Earliest(SysTime ours) const {
  if (ahead_.empty()) return ours;
  return ours + std::clamp(*std::min_element(ahead_.begin(), ahead_.end()), -kMostAhead, kMostAhead);
}

std::chrono::microseconds ServerClock::Median() const {
  std::vector<std::chrono::microseconds> sorted(ahead_.begin(), ahead_.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted[(sorted.size() - 1) / 2];  // of two, the earlier one
}

}  // namespace cdiscount::order_ingest
