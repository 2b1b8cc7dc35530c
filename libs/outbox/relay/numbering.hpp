#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "outbox/topics.hpp"

namespace cdiscount::outbox {

/// A row that waits for its sequence.
struct Unnumbered {
  std::int64_t id = 0;
  StreamId stream;
  std::string key;
  std::int64_t version = 0;
  std::int64_t ordinal = 0;
};

struct Numbered {
  std::int64_t id = 0;
  std::int64_t sequence = 0;

  friend bool operator==(const Numbered&, const Numbered&) = default;
};

/// Gives each row the next sequence of its stream, in the order of key, version and ordinal, and moves the counters.
/// The id of a row says nothing: ids are drawn before an order's row is locked, so version 3 can have a smaller one
/// than version 2. A pure function.
std::vector<Numbered> AssignSequences(std::vector<Unnumbered> rows, std::map<StreamId, std::int64_t>& counters);

}  // namespace cdiscount::outbox
