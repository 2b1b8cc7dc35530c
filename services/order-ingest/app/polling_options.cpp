#include "app/polling_options.hpp"

#include <algorithm>

#include "settings/table.hpp"

namespace cdiscount::order_ingest {

void PollingOptions::Describe(settings::Table& table) {
  using namespace std::chrono_literals;
  table.Duration("polling.period", intervals.busy, {1s, 1h}, "Pause between two polls of an account.");
  table.Duration("polling.idle_period", intervals.idle, {1s, 6h},
                 "The same after polling.idle_after polls without news.");
  table.Integer("polling.idle_after", intervals.idle_after, {1, 10'000}, "polls", "See polling.idle_period.");
  table.Duration("polling.longest_wait", intervals.longest, {1s, 24h},
                 "The pause doubles with each failure in a row, up to this; a longer one that the marketplace names is "
                 "obeyed.");
  table.Duration("polling.overlap", overlap, {10s, 24h},
                 "How far behind the cursor orders are looked for again, once in polling.deep_every at least.");
  table.Duration("polling.short_overlap", short_overlap, {1s, 1h},
                 "The same for the other polls, while the overlap holds more than a page.");
  table.Duration("polling.deep_every", deep_every, {1s, 1h}, "See polling.overlap.");
  table.Duration("polling.lag", lag, {0ms, 5min},
                 "How far the cursor stays behind the marketplace's clock; it delays no order.");
  table.Duration("polling.first_window", first_window, {1h, 365 * 24h},
                 "Where an account begins that was never polled.");
  table.Duration(
      "polling.verify_every", verify_every, {10s, 24h},
      "How often a poll asks behind a page that is not full, whether the marketplace limits pages by itself.");
  table.Duration("polling.longest_poll", longest, {10s, 1h},
                 "A poll ends after this with what it has read, and is due again at once; without progress it fails. "
                 "One that does not end by itself is ended two marketplace.timeout later.");
  table.Integer("polling.page_size", walk.page_size, {1, 100}, "orders", "Orders asked for at once.");
  table.Integer("polling.parallel", accounts.parallel, {1, 1000}, "accounts", "Accounts polled at the same time.");
  table.Duration("polling.lease", accounts.lease_ttl, {10s, 1h},
                 "After this a process that died has lost its accounts to another one; renewed at a third of it.");
}

work::DueRowsOptions PollingOptions::DueAccounts(std::chrono::milliseconds longest_call) const {
  auto options = accounts;
  options.longest_run = longest + 2 * longest_call;
  return options;
}

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
