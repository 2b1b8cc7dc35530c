#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/ports.hpp"

namespace cdiscount::order_ingest {

/// An order on a page, as far as walking needs it.
struct SeenOrder {
  std::string id;                     ///< Empty for what could not be read.
  std::optional<SysTime> updated_at;  ///< Absent when the marketplace sent none.
};

struct WalkOptions {
  int page_size = 100;
  /// After so many pages what was read is checked by count, and the cursor may move.
  int pages_per_stretch = 20;
  /// Passes over the same pages before a window is cut in halves, or a run is left.
  int most_passes = 6;
};

/// Decides which page to ask for next, until every order of a window was seen, although the pages are a moving thing:
/// an order that changes leaves its place, and all behind it move up by one.
///
///   keyset  sorted pages: the next one begins at the last stamp seen (inclusive), never at a page number
///   run     more equal stamps than a page holds: by page number, again from the first until a pass shows nothing new
///   sweep   the pages are not sorted, or the count says that something was not shown: by page number over a part of
///   the
///           window, again until a pass shows nothing new; then the next part
///
/// The cursor moves only over what is certain: a single page that is not full, a stretch whose orders are as many as
/// the marketplace counts, or a part that was swept. Pure; not thread-safe. Source of the paging quirks:
/// octopia-rest-v2.md, 3.3.
class PageWalk {
 public:
  PageWalk(SysTime min, SysTime max, WalkOptions options = {});

  struct AskPage {
    PageRequest request;
  };
  struct AskCount {
    SysTime min, max;
  };
  struct Finished {};
  using Step = std::variant<AskPage, AskCount, Finished>;

  /// What to ask now. The same until an answer is given.
  const Step& next() const { return next_; }
  /// The answer to AskPage: what was on the page, in its order.
  void OnPage(const std::vector<SeenOrder>& page);
  /// The answer to AskCount.
  void OnCount(std::int64_t count);
  /// Where the cursor may stand now; given once per move.
  std::optional<SysTime> TakeCursor();

  /// True when the pages were not what was asked for, so that the whole window had to be swept.
  bool swept() const { return swept_; }
  int pages() const { return pages_; }

 private:
  enum class Mode { kKeyset, kRun, kSweep };

  void OnSortedPage(const std::vector<SeenOrder>& page);
  void OnRunPage(const std::vector<SeenOrder>& page);
  void OnSweepPage(const std::vector<SeenOrder>& page);
  void EndStretch(SysTime upper, bool last);
  void StartSweep(SysTime upper);
  void AskKeyset();
  void AskIndex(SysTime min, SysTime max, int page_index);

  bool IsFull(const std::vector<SeenOrder>& page) const;
  bool IsSorted(const std::vector<SeenOrder>& page) const;
  int Note(const std::vector<SeenOrder>& page);
  std::optional<SysTime> LargestSeen(SysTime upper = SysTime::max()) const;
  std::int64_t IdsBetween(SysTime min, SysTime max) const;

  WalkOptions options_;
  SysTime max_;
  Mode mode_ = Mode::kKeyset;
  SysTime stretch_min_;  // not yet certain from here on
  SysTime min_;          // keyset and run: where the page begins
  SysTime sweep_max_{};  // sweep: the end of the present part
  int page_index_ = 1;
  int pages_ = 0;
  int pages_in_stretch_ = 0;
  int new_in_pass_ = 0;
  int passes_ = 0;
  bool swept_ = false;
  bool stretch_is_last_ = false;
  std::optional<SysTime> after_run_;  // the smallest stamp behind the run
  std::set<std::pair<std::string, std::optional<SysTime>>> seen_;
  std::int64_t nameless_ = 0;  // on pages, but without an id
  std::optional<SysTime> cursor_;
  Step next_;
};

}  // namespace cdiscount::order_ingest
