#pragma once

#include <chrono>

#include "app/page_walk.hpp"
#include "core/result.hpp"
#include "work/due_work.hpp"

namespace cdiscount::settings {
class Table;
}

namespace cdiscount::order_ingest {

struct PollIntervals {
  std::chrono::milliseconds busy{15'000};      ///< While orders flow.
  std::chrono::milliseconds idle{60'000};      ///< After `idle_after` polls without news.
  std::chrono::milliseconds longest{900'000};  ///< After many failures in a row.
  int idle_after = 20;
};

struct PollingOptions {
  PollIntervals intervals;
  /// How far behind the cursor a deep poll looks again: orders may appear with a stamp of the past.
  std::chrono::seconds overlap{600};
  /// How far behind the cursor every other poll looks again.
  std::chrono::seconds short_overlap{30};
  /// A deep poll at least this often; every poll is deep while the overlap fits on one page.
  std::chrono::seconds deep_every{60};
  /// How far the cursor stays behind the marketplace's clock: an order may appear with a stamp of the last moments.
  std::chrono::seconds lag{2};
  /// Where an account begins that was never polled.
  std::chrono::hours first_window{24 * 7};
  /// How often a poll asks behind a short page, whether the marketplace limits pages by itself.
  std::chrono::seconds verify_every{300};
  /// A poll ends after this long, with what it has read, and is due again at once.
  std::chrono::milliseconds longest{240'000};
  WalkOptions walk;
  work::DueRowsOptions accounts;

  /// polling.*
  void Describe(settings::Table& table);
  /// `accounts`, with the time after which a poll that did not end by itself is ended: two calls later.
  work::DueRowsOptions DueAccounts(std::chrono::milliseconds longest_call) const;
};

/// When to poll again after a poll that went well. `polls_without_news` counts those before and this one.
std::chrono::milliseconds AfterSuccess(const PollIntervals& intervals, int polls_without_news);

/// When to poll again after one that failed, for the `failures_in_a_row`-th time (1 = the first). A time that the other
/// side named is obeyed, even when it is longer than `longest`.
std::chrono::milliseconds AfterFailure(const PollIntervals& intervals, const Error& error, int failures_in_a_row);

}  // namespace cdiscount::order_ingest
