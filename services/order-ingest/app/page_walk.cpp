#include "app/page_walk.hpp"

#include <algorithm>

namespace cdiscount::order_ingest {
namespace {

// A window of less than two seconds cannot be halved. It is passed over this many times as often before it is left.
constexpr int kPatience = 4;

// Pages of unreadable orders without ids look alike, so a page number that is clamped to the last page shows only after
// a few of them.
constexpr int kNamelessPages = 3;

}  // namespace

PageWalk::PageWalk(SysTime min, SysTime horizon, WalkOptions options)
    : options_(options), horizon_(horizon), stretch_min_(min), min_(min) {
  AskKeyset();
}

void PageWalk::OnPage(const std::vector<SeenOrder>& page, PageShape shape) {
  ++pages_;
  ++pages_in_stretch_;
  if (shape == PageShape::kInParts) moved_between_parts_ = true;
  switch (mode_) {
    case Mode::kKeyset:
      OnSortedPage(page, shape);
      break;
    case Mode::kRun:
    case Mode::kSweep:
      if (shape == PageShape::kCut) {
        GiveUp("the list answer ends in the middle, and what follows cannot be asked for by its time");
      } else if (mode_ == Mode::kRun) {
        OnRunPage(page);
      } else {
        OnSweepPage(page);
      }
      break;
  }
  if (!page.empty()) options_.short_page_ends = std::max(options_.short_page_ends, page.size() - 1);
}

void PageWalk::OnSortedPage(const std::vector<SeenOrder>& page, PageShape shape) {
  StartPass();
  new_in_pass_ = Note(page);
  const bool cut = shape == PageShape::kCut;
  if (cut && new_in_pass_ == 0) return GiveUp("the list answer ends in the middle and shows no further order");
  std::optional<SysTime> last;
  for (const auto& order : page) last = std::max(last, order.updated_at);
  const bool forward = last && *last > min_;
  const auto before = std::exchange(short_page_, {});
  if (before.size > 0 && new_in_pass_ == 0 && !forward && page.size() < before.size) return Verified(before);
  const bool more = cut || MoreMayFollow(page);
  if (more && !cut && !IsFull(page)) {
    short_page_ = before.size == 0 || new_in_pass_ > 0 ? ShortPage{page.size(), pages_in_stretch_} : before;
  }
  if (!more && pages_in_stretch_ == 1) return EndOfList();  // the whole window on one page: no order of it can matter
  if (!IsSorted(page)) return StartSweep(std::max(horizon_, LargestSeen().value_or(horizon_)));
  if (!more) return EndOfList();

  if (!forward) {
    if (cut) return GiveUp("the list answer ends in the middle of orders with one time");
    return StartRun();  // one stamp fills the page
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
  if (!IsSorted(page)) return StartSweep(std::max(horizon_, LargestSeen().value_or(horizon_)));
  bool behind = false;
  for (const auto& order : page) {
    if (!order.updated_at || *order.updated_at <= min_) continue;
    behind = true;
    if (!after_run_ || *order.updated_at < *after_run_) after_run_ = order.updated_at;
  }
  if (MoreMayFollow(page) && !behind && !repeats_) return AskIndex(min_, std::nullopt, page_index_ + 1);

  ++passes_;
  if (new_in_pass_ > 0 && passes_ < options_.most_passes) {
    StartPass();
    return AskIndex(min_, std::nullopt, 1);
  }
  mode_ = Mode::kKeyset;
  const auto before = std::exchange(short_page_, {});
  if (before.size > 0 && passes_ == 1 && new_in_pass_ == 0 && !after_run_) return Verified(before);
  if (!after_run_) return EndOfList();
  min_ = *after_run_;
  AskKeyset();
}

void PageWalk::OnSweepPage(const std::vector<SeenOrder>& page) {
  new_in_pass_ += Note(page);
  const auto length = sweep_max_ - stretch_min_;
  const bool divisible = length / 2 >= std::chrono::seconds{1};
  if (MoreMayFollow(page) && !repeats_) {
    if (page_index_ >= options_.pages_per_stretch && divisible) return Sweep(stretch_min_ + length / 2);
    return AskIndex(stretch_min_, sweep_max_, page_index_ + 1);
  }

  ++passes_;
  const bool settled = new_in_pass_ == 0;
  StartPass();
  if (!settled) {
    if (passes_ >= options_.most_passes && divisible) return Sweep(stretch_min_ + length / 2);
    if (passes_ >= options_.most_passes * kPatience) {
      return GiveUp("the pages changed at each of " + std::to_string(passes_) + " passes");
    }
    return AskIndex(stretch_min_, sweep_max_, 1);
  }
  cursor_ = LargestSeen(sweep_max_);
  if (sweep_max_ >= sweep_end_) {
    next_ = Finished{};
    return;
  }
  stretch_min_ = sweep_max_;
  std::erase_if(seen_, [&](const auto& entry) { return !entry.second || *entry.second < stretch_min_; });
  Sweep(stretch_min_ + std::max<SysTime::duration>(length * 2, std::chrono::seconds{2}));
}

// Nothing stands behind a short page: the marketplace did not limit it.
void PageWalk::Verified(ShortPage page) {
  options_.short_page_ends = std::max(options_.short_page_ends, page.size);
  verified_ = true;
  confirmations_ += pages_in_stretch_ - page.number;
  pages_in_stretch_ = page.number;
  EndOfList();
}

void PageWalk::EndOfList() {
  const auto largest = LargestSeen();
  if (pages_in_stretch_ <= 1 && !moved_between_parts_) {
    cursor_ = largest;
    next_ = Finished{};
  } else if (!largest) {
    next_ = Finished{};  // nothing has a stamp that a count could be asked for
  } else {
    EndStretch(*largest, true);
  }
}

void PageWalk::EndStretch(SysTime upper, bool last) {
  stretch_is_last_ = last;
  next_ = AskCount{stretch_min_, upper};
}

void PageWalk::OnCount(std::int64_t count) {
  const auto upper = std::get<AskCount>(next_).max;
  if (count > IdsBetween(stretch_min_, upper) + nameless_) return StartSweep(upper);
  cursor_ = upper;
  verified_ = true;
  if (stretch_is_last_) {
    next_ = Finished{};
    return;
  }
  stretch_min_ = upper;
  pages_in_stretch_ = 0;
  nameless_ = 0;
  moved_between_parts_ = false;
  std::erase_if(seen_, [&](const auto& entry) { return !entry.second || *entry.second < upper; });
  AskKeyset();
}

void PageWalk::OnNoCount() {
  StartSweep(std::get<AskCount>(next_).max);
}

void PageWalk::StartRun() {
  mode_ = Mode::kRun;
  passes_ = 0;
  after_run_.reset();
  AskIndex(min_, std::nullopt, 2);
}

void PageWalk::StartSweep(SysTime upper) {
  mode_ = Mode::kSweep;
  swept_ = true;
  sweep_end_ = std::max({upper, horizon_, LargestSeen().value_or(upper)});
  Sweep(upper);
}

void PageWalk::Sweep(SysTime upper) {
  sweep_max_ = std::clamp(upper, stretch_min_, std::max(stretch_min_, sweep_end_));
  passes_ = 0;
  StartPass();
  AskIndex(stretch_min_, sweep_max_, 1);
}

void PageWalk::StartPass() {
  new_in_pass_ = 0;
  nameless_pages_ = 0;
  seen_in_pass_.clear();
}

void PageWalk::GiveUp(std::string problem) {
  problem_ = std::move(problem);
  next_ = Finished{};
}

std::optional<SysTime> PageWalk::TakeCursor() {
  return std::exchange(cursor_, std::nullopt);
}

void PageWalk::AskKeyset() {
  AskIndex(min_, std::nullopt, 1);
}

void PageWalk::AskIndex(SysTime min, std::optional<SysTime> max, int page_index) {
  page_index_ = page_index;
  next_ = AskPage{
      {.updated_at_min = min, .updated_at_max = max, .page_index = page_index, .page_size = options_.page_size}};
}

bool PageWalk::MoreMayFollow(const std::vector<SeenOrder>& page) const {
  if (page.empty()) return false;
  return IsFull(page) || options_.verify || page.size() > options_.short_page_ends;
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
  int fresh_in_pass = 0;
  int nameless = 0;
  for (const auto& order : page) {
    if (order.id.empty()) {
      ++nameless;
      continue;
    }
    if (seen_in_pass_.emplace(order.id, order.updated_at).second) ++fresh_in_pass;
    if (seen_.emplace(order.id, order.updated_at).second) ++fresh;
  }
  nameless_ += nameless;
  repeats_ = fresh_in_pass == 0 && (nameless == 0 || ++nameless_pages_ >= kNamelessPages);
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
