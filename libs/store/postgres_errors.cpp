#include "store/postgres_errors.hpp"

#include <array>

namespace cdiscount::store {

ErrorCode CodeOfState(std::string_view state) {
  if (state == "23505") return ErrorCode::kAlreadyExists;
  // Data exceptions (no such character, out of range, too long), NOT NULL, CHECK, and more than an index or a row
  // takes.
  if (state.starts_with("22") || state == "23502" || state == "23514" || state.starts_with("54")) {
    return ErrorCode::kInvalidArgument;
  }
  constexpr std::array<std::string_view, 10> kTransient = {
      "08",      // connection exceptions
      "40",      // serialisation failure, deadlock
      "53",      // out of disk, memory, connections
      "55P03",   // lock not available in time
      "57",      // cancelled by a time limit, shutting down, starting up
      "58",      // I/O errors of the server
      "25006",   // read-only: a standby that has not taken over yet
      "25P03",   // idle in transaction for too long
      "26000",   // prepared statements went with a reset connection
      "0A000"};  // a cached plan that a migration outdated
  if (state.empty()) return ErrorCode::kUnavailable;
  for (const auto prefix : kTransient) {
    if (state.starts_with(prefix)) return ErrorCode::kUnavailable;
  }
  return ErrorCode::kInternal;
}

bool NeedsNewConnection(std::string_view state) {
  return state.empty() || state.starts_with("08") || state.starts_with("57P") || state == "25006" || state == "25P03" ||
         state == "26000" || state == "0A000";
}

}  // namespace cdiscount::store
