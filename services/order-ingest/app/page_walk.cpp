#include "app/page_walk.hpp"

#include <algorithm>

namespace cdiscount::order_ingest {

PageWalk::PageWalk(SysTime min, SysTime max, WalkOptions options)
    : options_(options), max_(max), stretch_min_(min), min_(min) {
  if (max < min) {
    next_ = Finished{};
  } else {
    AskKeyset();
  }
}

void PageWalk::OnPage(const std::vector<SeenOrder>& page) {
  ++pages_;
  ++pages_in_stretch_;
  switch (mode_) {
    case Mode::kKeyset:
      OnSortedPage(page);
      break;
    case Mode::kRun:
      OnRunPage(page);
      break;
    case Mode::kSweep:
      OnSweepPage(page);
      break;
  }
}

void PageWalk::OnSortedPage(const std::vector<SeenOrder>& page) {
  new_in_pass_ = Note(page);
  if (!IsFull(page) && pages_in_stretch_ == 1) {  // the whole window on one page: no order of it can matter
    cursor_ = LargestSeen();
    next_ = Finished{};
    return;
  }
  if (!IsSorted(page)) return StartSweep(max_);
  if (!IsFull(page)) return EndStretch(max_, true);

  std::optional<SysTime> last;
  for (const auto& order : page) last = std::max(last, order.updated_at);
  if (!last || *last <= min_) {  // one stamp fills the page
    mode_ = Mode::kRun;
    passes_ = 0;
    after_run_.reset();
    return AskIndex(min_, max_, 2);
  }
  min_ = *last;
  if (pages_in_stretch_ >= options_.pages_per_stretch) {
    // Everything below the last stamp was passed; the last stamp itself may go on on the next page.
    std::optional<SysTime> passed;
    for (const auto& [id, stamp] : seen_) {
      if (stamp && *stamp < min_) passed = std::max(passed, stamp);
    }
    if (passed && *passed > stretch_min_) return EndStretch(*passed, false);
  }
  AskKeyset();
}

void PageWalk::OnRunPage(const std::vector<SeenOrder>& page) {
  new_in_pass_ += Note(page);
  if (!IsSorted(page)) return StartSweep(max_);
  bool behind = false;
  for (const auto& order : page) {
    if (!order.updated_at || *order.updated_at <= min_) continue;
    behind = true;
    if (!after_run_ || *order.updated_at < *after_run_) after_run_ = order.updated_at;
  }
  if (IsFull(page) && !behind) return AskIndex(min_, max_, page_index_ + 1);

  ++passes_;
  if (new_in_pass_ > 0 && passes_ < options_.most_passes) {
    new_in_pass_ = 0;
    return AskIndex(min_, max_, 1);
  }
  mode_ = Mode::kKeyset;
  if (!after_run_) return EndStretch(max_, true);
  min_ = *after_run_;
  AskKeyset();
}

void PageWalk::OnSweepPage(const std::vector<SeenOrder>& page) {
  new_in_pass_ += Note(page);
  const auto length = sweep_max_ - stretch_min_;
  const bool divisible = length / 2 >= std::chrono::seconds{1};
  const auto sweep_to = [&](SysTime upper) {
    sweep_max_ = std::min(upper, max_);
    passes_ = 0;
    new_in_pass_ = 0;
    AskIndex(stretch_min_, sweep_max_, 1);
  };
  if (IsFull(page)) {
    if (page_index_ >= options_.pages_per_stretch && divisible) return sweep_to(stretch_min_ + length / 2);
    return AskIndex(stretch_min_, sweep_max_, page_index_ + 1);
  }

  ++passes_;
  const bool settled = new_in_pass_ == 0;
  new_in_pass_ = 0;
  if (!settled) {
    if (passes_ >= options_.most_passes && divisible) return sweep_to(stretch_min_ + length / 2);
    return AskIndex(stretch_min_, sweep_max_, 1);
  }
  cursor_ = LargestSeen(sweep_max_);
  if (sweep_max_ >= max_) {
    next_ = Finished{};
    return;
  }
  stretch_min_ = sweep_max_;
  std::erase_if(seen_, [&](const auto& entry) { return entry.second && *entry.second < stretch_min_; });
  sweep_to(stretch_min_ + std::max<SysTime::duration>(length * 2, std::chrono::seconds{2}));
}

void PageWalk::EndStretch(SysTime upper, bool last) {
  stretch_is_last_ = last;
  next_ = AskCount{stretch_min_, upper};
}

void PageWalk::OnCount(std::int64_t count) {
  const auto upper = std::get<AskCount>(next_).max;
  if (count > IdsBetween(stretch_min_, upper) + nameless_) return StartSweep(upper);
  if (stretch_is_last_) {
    cursor_ = LargestSeen();
    next_ = Finished{};
    return;
  }
  cursor_ = upper;
  stretch_min_ = upper;
  pages_in_stretch_ = 0;
  nameless_ = 0;
  std::erase_if(seen_, [&](const auto& entry) { return entry.second && *entry.second < upper; });
  AskKeyset();
}

void PageWalk::StartSweep(SysTime upper) {
  mode_ = Mode::kSweep;
  swept_ = true;
  sweep_max_ = upper;
  passes_ = 0;
  new_in_pass_ = 0;
  AskIndex(stretch_min_, sweep_max_, 1);
}

std::optional<SysTime> PageWalk::TakeCursor() {
  return std::exchange(cursor_, std::nullopt);
}

void PageWalk::AskKeyset() {
  AskIndex(min_, max_, 1);
}

void PageWalk::AskIndex(SysTime min, SysTime max, int page_index) {
  page_index_ = page_index;
  next_ = AskPage{{.updated_min = min, .updated_max = max, .page_index = page_index, .page_size = options_.page_size}};
}

bool PageWalk::IsFull(const std::vector<SeenOrder>& page) const {
  return page.size() >= static_cast<std::size_t>(options_.page_size);
}

bool PageWalk::IsSorted(const std::vector<SeenOrder>& page) const {
  auto previous = min_;
  for (const auto& order : page) {
    if (!order.updated_at) continue;
    if (*order.updated_at < previous) return false;
    previous = *order.updated_at;
  }
  return true;
}

int PageWalk::Note(const std::vector<SeenOrder>& page) {
  int fresh = 0;
  for (const auto& order : page) {
    if (order.id.empty()) {
      ++nameless_;
    } else if (seen_.emplace(order.id, order.updated_at).second) {
      ++fresh;
    }
  }
  return fresh;
}

std::optional<SysTime> PageWalk::LargestSeen(SysTime upper) const {
  std::optional<SysTime> largest;
  for (const auto& [id, stamp] : seen_) {
    if (stamp && *stamp <= upper) largest = std::max(largest, stamp);
  }
  return largest;
}

std::int64_t PageWalk::IdsBetween(SysTime min, SysTime max) const {
  std::int64_t ids = 0;
  const std::string* last = nullptr;
  for (const auto& [id, stamp] : seen_) {
    if (stamp && (*stamp < min || *stamp > max)) continue;
    if (last == nullptr || *last != id) ++ids;
    last = &id;
  }
  return ids;
}

}  // namespace cdiscount::order_ingest
