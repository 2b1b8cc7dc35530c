#include "simulator/api/faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cdiscount::simulator {
namespace {

// In the order of the enum.
constexpr std::array<std::string_view, 24> kNames = {"429",
                                                     "quota403",
                                                     "500",
                                                     "502html",
                                                     "empty_body",
                                                     "slow",
                                                     "cut_connection",
                                                     "cut_middle",
                                                     "401_once",
                                                     "unsorted_page",
                                                     "ignore_sort",
                                                     "page_shift",
                                                     "late_order",
                                                     "same_order_on_two_pages",
                                                     "malformed_json",
                                                     "unknown_enum",
                                                     "unknown_fields",
                                                     "null_fields",
                                                     "absent_fields",
                                                     "body",
                                                     "bom",
                                                     "wrong_date",
                                                     "page_size_cap",
                                                     "clamped_index"};
static_assert(kNames.size() == static_cast<std::size_t>(FaultKind::kClampedIndex) + 1);

}  // namespace

bool RouteMatches(std::string_view pattern, std::string_view route) {
  if (!pattern.ends_with('*')) return pattern == route;
  pattern.remove_suffix(1);
  return route.starts_with(pattern);
}

std::string_view ToText(FaultKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<FaultKind> ParseFaultKind(std::string_view text) {
  const auto found = std::find(kNames.begin(), kNames.end(), text);
  return found == kNames.end() ? std::nullopt : std::optional{static_cast<FaultKind>(found - kNames.begin())};
}

std::span<const std::string_view> FaultKindNames() {
  return kNames;
}

std::uint64_t Faults::Add(Fault fault) {
  fault.id = ++last_id_;
  // One broken item is written with the page; a body is cut when it is whole.
  if (fault.kind == FaultKind::kMalformedJson) fault.moment = fault.item ? FaultMoment::kBefore : FaultMoment::kAfter;
  faults_.push_back(std::move(fault));
  return last_id_;
}

bool Faults::Remove(std::uint64_t id) {
  return std::erase_if(faults_, [&](const Fault& fault) { return fault.id == id; }) > 0;
}

const Fault* Faults::Fire(FaultKind kind, const FaultTarget& target, std::optional<FaultMoment> moment) {
  for (auto& fault : faults_) {
    if (fault.kind != kind || (moment && fault.moment != *moment) || fault.remaining == 0U) continue;
    if (!RouteMatches(fault.route, target.route)) continue;
    if (fault.seller && fault.seller != target.seller) continue;
    if (fault.client_id && *fault.client_id != target.client_id) continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (fault.percent < 100 && random_() % 100 >= fault.percent) continue;
    if (fault.remaining) --*fault.remaining;
    ++fault.fired;
    return &fault;
  }
  return nullptr;
}

}  // namespace cdiscount::simulator
