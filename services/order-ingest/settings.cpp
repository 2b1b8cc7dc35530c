#include "settings.hpp"

namespace cdiscount::order_ingest {

using namespace std::chrono_literals;

void Settings::Describe(settings::Table& table) {
  database.Describe(table);
  keys.Describe(table);
  kafka.Describe(table);
  marketplace.Describe(table);
  auth.Describe(table, "auth");

  table.Duration("polling.period", polling.intervals.busy, {1s, 1h}, "Pause between two polls of an account.");
  table.Duration("polling.idle_period", polling.intervals.idle, {1s, 6h},
                 "The same after polling.idle_after polls without news.");
  table.Integer("polling.idle_after", polling.intervals.idle_after, {1, 10'000}, "polls", "See polling.idle_period.");
  table.Duration("polling.longest_wait", polling.intervals.longest, {1s, 24h},
                 "The pause doubles with each failure in a row, up to this; a longer one that the marketplace names is "
                 "obeyed.");
  table.Duration("polling.overlap", polling.overlap, {10s, 24h},
                 "How far behind the cursor orders are looked for again, once in polling.deep_every at least.");
  table.Duration("polling.short_overlap", polling.short_overlap, {1s, 1h},
                 "The same for the other polls, while the overlap holds more than a page.");
  table.Duration("polling.deep_every", polling.deep_every, {1s, 1h}, "See polling.overlap.");
  table.Duration("polling.lag", polling.lag, {0ms, 5min},
                 "How far the cursor stays behind the marketplace's clock; it delays no order.");
  table.Duration("polling.first_window", polling.first_window, {1h, 365 * 24h},
                 "Where an account begins that was never polled.");
  table.Duration(
      "polling.verify_every", polling.verify_every, {10s, 24h},
      "How often a poll asks behind a page that is not full, whether the marketplace limits pages by itself.");
  table.Duration("polling.longest_poll", polling.longest, {10s, 1h},
                 "A poll ends after this with what it has read, and is due again at once; without progress it fails. "
                 "One that does not end by itself is ended two marketplace.timeout later.");
  table.Integer("polling.page_size", polling.walk.page_size, {1, 100}, "orders", "Orders asked for at once.");
  table.Integer("polling.parallel", scheduler.parallel, {1, 1000}, "accounts", "Accounts polled at the same time.");
  table.Duration("polling.lease", scheduler.lease_ttl, {10s, 1h},
                 "After this a process that died has lost its accounts to another one; renewed at a third of it.");

  grpc.Describe(table);
  admin.Describe(table);
}

Status Settings::Check() const {
  if (const auto valid = kafka::Validate(kafka); !valid) return valid;
  if (const auto valid = marketplace.Check(); !valid) return valid;
  if (polling.short_overlap > polling.overlap) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .message = "polling.short_overlap: must not be longer than polling.overlap",
                 .field = "polling.short_overlap"};
  }
  if (scheduler.lease_ttl <= marketplace.octopia.timeout) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .message =
                     "polling.lease: must be longer than marketplace.timeout, or an account is taken over while "
                     "its answer is awaited",
                 .field = "polling.lease"};
  }
  if (const auto allowed = rpc::CheckTarget(auth); !allowed) {
    auto error = allowed.error();
    error.field = "auth.address";
    return error;
  }
  return rpc::CheckListener(grpc);
}

SchedulerOptions Settings::Scheduler(std::string owner) const {
  auto options = scheduler;
  options.owner = std::move(owner);
  options.longest_poll = polling.longest + 2 * marketplace.octopia.timeout;
  return options;
}

}  // namespace cdiscount::order_ingest
