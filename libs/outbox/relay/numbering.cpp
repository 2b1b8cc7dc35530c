#include "outbox/relay/numbering.hpp"

#include <algorithm>
#include <tuple>

namespace cdiscount::outbox {

std::vector<Numbered> AssignSequences(std::vector<Unnumbered> rows, std::map<StreamId, std::int64_t>& counters) {
  std::ranges::sort(
      rows, {}, [](const Unnumbered& row) { return std::tie(row.stream, row.key, row.version, row.ordinal, row.id); });
  std::vector<Numbered> numbered;
  numbered.reserve(rows.size());
  for (const auto& row : rows) numbered.push_back({row.id, ++counters[row.stream]});
  return numbered;
}

}  // namespace cdiscount::outbox
