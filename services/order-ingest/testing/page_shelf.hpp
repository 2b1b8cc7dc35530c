#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "app/page_walk.hpp"

namespace cdiscount::order_ingest::fakes {

inline const SysTime kStart{std::chrono::seconds{1'790'000'000}};

inline SysTime At(int second) {
  return kStart + std::chrono::seconds{second};
}

/// A marketplace in memory: answers pages as the contract says, and lets a test change it between two of them.
class Shelf {
 public:
  void Put(const std::string& id, int second) { stamps_[id] = At(second); }
  void HideFromLists(const std::string& id) { hidden_.insert(id); }
  void IgnoreSort() { sorted_ = false; }
  void LimitPagesTo(std::size_t orders) { limit_ = orders; }
  /// A page number beyond the last shows the last page again.
  void ClampPageNumbers() { clamps_ = true; }

  std::vector<SeenOrder> Page(const marketplace::OrdersQuery& request) const {
    auto all = Between(*request.updated_at_min, request.updated_at_max.value_or(SysTime::max()));
    if (sorted_) {
      std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::tie(a.updated_at, a.id) < std::tie(b.updated_at, b.id);
      });
    }
    const auto size = std::min(limit_, static_cast<std::size_t>(request.page_size));
    auto from = static_cast<std::size_t>(request.page_index - 1) * size;
    if (from >= all.size()) from = clamps_ && !all.empty() ? (all.size() - 1) / size * size : all.size();
    const auto to = std::min(all.size(), from + size);
    return {all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to)};
  }
  std::int64_t Count(SysTime min, SysTime max) const { return static_cast<std::int64_t>(Between(min, max).size()); }
  const std::map<std::string, SysTime>& stamps() const { return stamps_; }

 private:
  std::vector<SeenOrder> Between(SysTime min, SysTime max) const {
    std::vector<SeenOrder> found;
    for (const auto& [id, stamp] : stamps_) {
      if (stamp >= min && stamp <= max && !hidden_.contains(id)) found.push_back({id, stamp});
    }
    return found;
  }
  std::map<std::string, SysTime> stamps_;
  std::set<std::string> hidden_;
  bool sorted_ = true;
  bool clamps_ = false;
  std::size_t limit_ = 100;
};

/// The orders that a walk saw, and how it went.
struct Walked {
  std::set<std::pair<std::string, SysTime>> seen;
  std::optional<SysTime> cursor;
  std::vector<SysTime> cursors;
  int counts = 0;
  bool swept = false;
  int pages = 0;
  std::string problem;
};

/// Walks the shelf from kStart to the end, calling `between` after each page; without `counts` no count is answered.
inline Walked Walk(
    Shelf& shelf, WalkOptions options, SysTime horizon = At(1000),
    const std::function<void(int page)>& between = [](int) {}, bool counts = true) {
  PageWalk walk(kStart, horizon, options);
  Walked result;
  for (int asked = 0; asked < 5000; ++asked) {
    if (const auto* page = std::get_if<PageWalk::AskPage>(&walk.next())) {
      const auto items = shelf.Page(page->request);
      for (const auto& item : items) result.seen.emplace(item.id, *item.updated_at);
      walk.OnPage(items);
      between(walk.pages());
    } else if (const auto* count = std::get_if<PageWalk::AskCount>(&walk.next())) {
      ++result.counts;
      if (counts) {
        walk.OnCount(shelf.Count(count->min, count->max));
      } else {
        walk.OnNoCount();
      }
    } else {
      result.swept = walk.swept();
      result.pages = walk.pages();
      result.problem = walk.problem();
      return result;
    }
    if (const auto cursor = walk.TakeCursor()) {
      result.cursor = cursor;
      result.cursors.push_back(*cursor);
    }
  }
  ADD_FAILURE() << "the walk does not end";
  return result;
}

inline std::set<std::string> Ids(const Walked& walked) {
  std::set<std::string> ids;
  for (const auto& [id, stamp] : walked.seen) ids.insert(id);
  return ids;
}

}  // namespace cdiscount::order_ingest::fakes
