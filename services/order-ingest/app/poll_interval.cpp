#include "app/poll_interval.hpp"

#include <algorithm>

namespace cdiscount::order_ingest {

std::chrono::milliseconds AfterSuccess(const PollIntervals& intervals, int polls_without_news) {
  return polls_without_news >= intervals.idle_after ? std::max(intervals.idle, intervals.busy) : intervals.busy;
}

std::chrono::milliseconds AfterFailure(const PollIntervals& intervals, const Error& error, int failures_in_a_row) {
  auto wait = intervals.busy;
  for (int i = 1; i < failures_in_a_row && wait < intervals.longest; ++i) wait *= 2;
  wait = std::min(wait, std::max(intervals.longest, intervals.busy));
  if (error.retry_after) wait = std::max(wait, *error.retry_after);
  return wait;
}

}  // namespace cdiscount::order_ingest
