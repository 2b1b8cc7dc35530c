#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace cdiscount::order_ingest {

/// A place in a list, by what the list is sorted by: a number (an instant in microseconds), then a key. The next page
/// begins behind it.
struct ListPlace {
  std::int64_t at = std::numeric_limits<std::int64_t>::max();
  std::string key;
};

}  // namespace cdiscount::order_ingest
