#pragma once

#include <chrono>
#include <cstdint>

#include "store/session.hpp"

namespace cdiscount::outbox {

/// The rows that are not on Kafka yet, as far as the database knows: it hears of a publication a moment later. Parked
/// rows are counted apart (SummarizeParked).
struct Backlog {
  std::int64_t rows = 0;
  std::chrono::microseconds oldest_age{0};
};

/// Throws StoreError.
Backlog Measure(store::Session& session);

}  // namespace cdiscount::outbox
