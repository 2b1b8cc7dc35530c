#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/task.hpp"
#include "store/session.hpp"

namespace cdiscount::work {

struct DueRowsOptions {
  int parallel = 32;                               ///< Runs at the same time: one slow row delays no other.
  std::chrono::milliseconds lease_ttl{120'000};    ///< Renewed at a third of it, for all runs at once.
  std::chrono::milliseconds longest_run{300'000};  ///< A run that takes longer is ended from outside.
  std::chrono::milliseconds longest_wait{5'000};   ///< Looks at the database this often at least.
};

/// What a claim asks for.
struct ClaimWish {
  std::string owner;
  int most = 1;
  std::chrono::milliseconds ttl{0};
  std::vector<std::string> running = {};  ///< Keys of rows that the owner is working on: none of them.
  /// Looks at every row for one whose instant counts no more, because a clock ran ahead and was set back; to be done
  /// now and then, since it takes time.
  bool also_set_back = true;
};

/// The result of a claim.
template <class Row>
struct Claimed {
  std::vector<Row> rows;
  /// When the next row is due that is leased neither here nor elsewhere; absent when there is none.
  std::optional<std::chrono::milliseconds> next_in;
};

/// The rows of one table and the work that they stand for. `Row` is a leased row as a value; its `key()` gives the text
/// that names it. Functions of a transaction run on a store thread and may throw StoreError, the others on the network
/// thread.
template <class Row>
struct DueWork {
  /// Leases rows that are due.
  std::function<Claimed<Row>(store::Transaction&, const ClaimWish&)> claim;
  /// Gives these leases of one owner the time from now on; gives the keys of those that still hold.
  std::function<std::vector<std::string>(store::Transaction&, const std::vector<Row>&, std::chrono::milliseconds)>
      renew;
  /// Does the work and records its end, which gives the lease back. An error means that the end could not be recorded;
  /// kConflict, that the lease is lost. Cancelled (terminal) when it is to end.
  std::function<Task<Status>(Row)> run;
  /// Records the end of a run that could not do it by itself, and gives the lease back. Without an error the run was
  /// interrupted: no failure of the row, which is due again at once.
  std::function<Status(store::Transaction&, const Row&, const std::optional<Error>&)> end;

  Error lease_lost;  ///< Told to `on_lost` when a renewal shows that a lease is gone.
  Error overlong;    ///< Told to `on_lost` and `end` when a run takes longer than it may.

  std::function<void(int running)> on_running = [](int) {};
  /// A run that is ended from outside, or that could not record its end.
  std::function<void(const Row&, const Error&)> on_lost = [](const Row&, const Error&) {};
  std::function<void(const Error&)> on_store_away = [](const Error&) {};
};

}  // namespace cdiscount::work
