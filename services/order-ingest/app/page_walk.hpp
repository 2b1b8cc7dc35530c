#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "marketplace/orders_query.hpp"

namespace cdiscount::order_ingest {

/// An order on a page, as far as walking needs it.
struct SeenOrder {
  std::string id;                     ///< Empty for an order that could not be read.
  std::optional<SysTime> updated_at;  ///< Absent when the marketplace sent none.
};

/// How a page arrived.
enum class PageShape {
  kWhole,
  kInParts,  ///< Put together from several answers, between which orders may have moved.
  kCut,      ///< The answer ended early: more orders may follow the last one shown.
};

struct WalkOptions {
  int page_size = 100;
  /// After so many pages the orders read are checked by count, and the cursor may move.
  int pages_per_stretch = 20;
  /// Passes over the same pages before a window is cut in halves, or a run is left.
  int most_passes = 6;
  /// A page with at most this many orders ends the list. A larger one may have been cut by a page limit that the
  /// marketplace sets itself, so the walk asks for what follows. See PageWalk::short_page_ends.
  std::size_t short_page_ends = 0;
  /// Asks behind every short page that holds an order, whatever short_page_ends says.
  bool verify = false;
};

/// Decides which page to ask for next, until every order changed since `min` was seen, although the pages move while
/// they are read: an order that changes leaves its place, and all behind it move up by one.
///
///   keyset  sorted pages: the next one begins at the last stamp seen (inclusive), never at a page number
///   run     more equal stamps than a page holds: by page number, again from the first until a pass shows nothing new
///   sweep   the pages are not sorted, or the count says that an order was not shown, or there is no count: by page
///           number over a part of a fixed window, again until a pass shows nothing new; then the next part
///
/// The window has no upper end: an order that changes every second is seen as it is now. The cursor moves only over
/// stretches that were read completely: a window that fits on one page, a stretch whose orders are as many as the
/// marketplace counts, or a part that was swept. Every walk ends: a page number beyond the last that shows the last
/// page again ends its pass, and pages that keep changing end the walk with a problem.
/// Pure; not thread-safe. Source of the paging quirks: docs/marketplace.md#paging.
class PageWalk {
 public:
  /// `horizon` is the marketplace's time, as far as known: sweeps end there, or at the largest stamp seen.
  PageWalk(SysTime min, SysTime horizon, WalkOptions options = {});

  struct AskPage {
    marketplace::OrdersQuery request;
  };
  struct AskCount {
    SysTime min, max;
  };
  struct Finished {};
  using Step = std::variant<AskPage, AskCount, Finished>;

  /// The next request to send. The same until an answer is given.
  const Step& next() const { return next_; }
  /// The answer to AskPage: the orders of the page, in its sequence.
  void OnPage(const std::vector<SeenOrder>& page, PageShape shape = PageShape::kWhole);
  /// The answer to AskCount.
  void OnCount(std::int64_t count);
  /// AskCount got no answer: the stretch is swept instead.
  void OnNoCount();
  /// Where the cursor may stand now; given once per move.
  std::optional<SysTime> TakeCursor();

  /// True when the whole window had to be swept.
  bool swept() const { return swept_; }
  int pages() const { return pages_; }
  /// The pages that showed the end of the list and nothing else.
  int confirmations() const { return confirmations_; }
  /// Why the walk ended although orders may be left, in words; empty = all were seen.
  const std::string& problem() const { return problem_; }
  /// The finding of this walk for WalkOptions::short_page_ends: a page of n orders was seen, so one with fewer is not
  /// cut by a fixed limit; and behind a page of n orders nothing was found.
  std::size_t short_page_ends() const { return options_.short_page_ends; }
  /// True when the end of the list was confirmed, by a count or by a page that showed nothing new.
  bool verified() const { return verified_; }

 private:
  enum class Mode { kKeyset, kRun, kSweep };
  struct ShortPage {
    std::size_t size = 0;
    int number = 0;  // in its stretch
  };

  void OnSortedPage(const std::vector<SeenOrder>& page, PageShape shape);
  void OnRunPage(const std::vector<SeenOrder>& page);
  void OnSweepPage(const std::vector<SeenOrder>& page);
  void Verified(ShortPage page);
  void EndOfList();
  void EndStretch(SysTime upper, bool last);
  void StartRun();
  void StartSweep(SysTime upper);
  void Sweep(SysTime upper);
  void StartPass();
  void GiveUp(std::string problem);
  void AskKeyset();
  void AskIndex(SysTime min, std::optional<SysTime> max, int page_index);

  bool MoreMayFollow(const std::vector<SeenOrder>& page) const;
  bool IsFull(const std::vector<SeenOrder>& page) const;
  bool IsSorted(const std::vector<SeenOrder>& page) const;
  int Note(const std::vector<SeenOrder>& page);
  std::optional<SysTime> LargestSeen(SysTime upper = SysTime::max()) const;
  std::int64_t IdsBetween(SysTime min, SysTime max) const;

  WalkOptions options_;
  SysTime horizon_;
  Mode mode_ = Mode::kKeyset;
  SysTime stretch_min_;  // not yet certain from here on
  SysTime min_;          // keyset and run: where the page begins
  SysTime sweep_max_{};  // sweep: the end of the present part
  SysTime sweep_end_{};  // sweep: the end of the last part
  int page_index_ = 1;
  int pages_ = 0;
  int pages_in_stretch_ = 0;
  int new_in_pass_ = 0;
  bool repeats_ = false;    // run and sweep: the page showed only what this pass had shown
  int nameless_pages_ = 0;  // in this pass, with nothing on them but orders without an id
  int passes_ = 0;
  bool swept_ = false;
  bool stretch_is_last_ = false;
  bool moved_between_parts_ = false;
  bool verified_ = false;
  int confirmations_ = 0;
  ShortPage short_page_;              // keyset: the page that the present one is to show to be the last
  std::optional<SysTime> after_run_;  // the smallest stamp behind the run
  std::set<std::pair<std::string, std::optional<SysTime>>> seen_;
  std::set<std::pair<std::string, std::optional<SysTime>>> seen_in_pass_;
  std::int64_t nameless_ = 0;  // on pages, but without an id
  std::optional<SysTime> cursor_;
  std::string problem_;
  Step next_;
};

}  // namespace cdiscount::order_ingest
