#pragma once

#include <chrono>

#include "core/result.hpp"

namespace cdiscount::order_ingest {

struct PollIntervals {
  std::chrono::milliseconds busy{15'000};      ///< While orders flow.
  std::chrono::milliseconds idle{60'000};      ///< After `idle_after` polls without news.
  std::chrono::milliseconds longest{900'000};  ///< After many failures in a row.
  int idle_after = 20;
};

/// When to poll again after a poll that went well. `polls_without_news` counts those before and this one.
std::chrono::milliseconds AfterSuccess(const PollIntervals& intervals, int polls_without_news);

/// When to poll again after one that failed, for the `failures_in_a_row`-th time (1 = the first). A time that the other
/// side named is obeyed, even when it is longer than `longest`.
std::chrono::milliseconds AfterFailure(const PollIntervals& intervals, const Error& error, int failures_in_a_row);

}  // namespace cdiscount::order_ingest
