#include "simulator/api/faults.hpp"

#include <utility>

namespace cdiscount::simulator {
namespace {

const std::vector<std::pair<FaultKind, std::string_view>>& Names() {
  static const std::vector<std::pair<FaultKind, std::string_view>> names = {
      {FaultKind::k429, "429"},
      {FaultKind::kQuota403, "quota403"},
      {FaultKind::k500, "500"},
      {FaultKind::k502Html, "502html"},
      {FaultKind::kEmptyBody, "empty_body"},
      {FaultKind::kSlow, "slow"},
      {FaultKind::kCutConnection, "cut_connection"},
      {FaultKind::kCutMiddle, "cut_middle"},
      {FaultKind::k401Once, "401_once"},
      {FaultKind::kUnsortedPage, "unsorted_page"},
      {FaultKind::kIgnoreSort, "ignore_sort"},
      {FaultKind::kPageShift, "page_shift"},
      {FaultKind::kLateOrder, "late_order"},
      {FaultKind::kSameOrderOnTwoPages, "same_order_on_two_pages"},
      {FaultKind::kMalformedJson, "malformed_json"},
      {FaultKind::kUnknownEnum, "unknown_enum"},
      {FaultKind::kUnknownFields, "unknown_fields"},
      {FaultKind::kNullFields, "null_fields"},
      {FaultKind::kAbsentFields, "absent_fields"},
      {FaultKind::kBody, "body"},
      {FaultKind::kBom, "bom"},
      {FaultKind::kWrongDate, "wrong_date"},
      {FaultKind::kPageSizeCap, "page_size_cap"},
      {FaultKind::kClampedIndex, "clamped_index"},
  };
  return names;
}

bool RouteMatches(std::string_view pattern, std::string_view route) {
  if (!pattern.ends_with('*')) return pattern == route;
  pattern.remove_suffix(1);
  return route.starts_with(pattern);
}

}  // namespace

std::string_view ToText(FaultKind kind) {
  for (const auto& [known, name] : Names()) {
    if (known == kind) return name;
  }
  return "?";
}

std::optional<FaultKind> ParseFaultKind(std::string_view text) {
  for (const auto& [known, name] : Names()) {
    if (name == text) return known;
  }
  return std::nullopt;
}

const std::vector<FaultKind>& AllFaultKinds() {
  static const std::vector<FaultKind> kinds = [] {
    std::vector<FaultKind> all;
    for (const auto& [kind, name] : Names()) all.push_back(kind);
    return all;
  }();
  return kinds;
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
