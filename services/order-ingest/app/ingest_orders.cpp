#include "app/ingest_orders.hpp"

#include <algorithm>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "app/due_polls.hpp"
#include "marketplace/order_content.hpp"

namespace cdiscount::order_ingest {
namespace {

// Calls for single orders in one poll. The other orders are read again with the overlap, or when their turn comes.
constexpr int kMostSingleCalls = 50;

constexpr int kFewestPages = 2;  // in a stretch

constexpr std::chrono::minutes kFirstPause{1};
constexpr std::chrono::minutes kLongestPause{60};

std::vector<SeenOrder> Seen(const OrderPage& page) {
  std::vector<SeenOrder> seen;
  seen.reserve(page.items);
  for (const auto& incoming : page.orders) {
    seen.push_back({.id = incoming.order.order_id(), .updated_at = marketplace::UpdatedAt(incoming.order)});
  }
  for (const auto& broken : page.unreadable) seen.push_back({.id = broken.order_id, .updated_at = std::nullopt});
  return seen;
}

// True for an error that is not the fault of one order or one call: it ends the poll.
bool StrikesEveryCall(ErrorCode code) {
  return code == ErrorCode::kThrottled || code == ErrorCode::kUnauthenticated || code == ErrorCode::kPermissionDenied ||
         code == ErrorCode::kCancelled;
}

}  // namespace

IngestOrders::IngestOrders(marketplace::OrdersApi& api, const Fingerprints& fingerprints, store::Database& database,
                           const crypto::SealedBox& box, const Clock& clock, PollingOptions options)
    : api_(api),
      fingerprints_(fingerprints),
      database_(database),
      box_(box),
      clock_(clock),
      options_(options),
      pages_(api, fingerprints) {}

Task<Result<PollReport>> IngestOrders::Poll(AccountLease lease) {
  const auto started = clock_.SteadyNow();
  PollReport report;
  PollState poll{
      .lease = lease, .report = report, .end = started + options_.longest, .single_calls_left = kMostSingleCalls};
  const auto read = co_await Read(poll);
  if (!read) {
    if (read.error().code == ErrorCode::kConflict) co_return read.error();  // the lease is another's now
    report.error = read.error();
  }
  // Whatever the error: a server that is called may also say "cancelled", and was not told so by us.
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  report.interrupted = report.error && state.cancelled() != boost::asio::cancellation_type::none;
  PlanNextPoll(poll);
  const auto finished =
      co_await database_.Run([&](store::Transaction& transaction) { return EndPoll(transaction, lease, report); });
  if (!finished) co_return finished.error();
  report.took = clock_.SteadyNow() - started;
  co_return report;
}

void IngestOrders::PlanNextPoll(const PollState& poll) {
  auto& report = poll.report;
  auto& pace = paces_[poll.lease.who.account];
  if (report.interrupted) return;
  if (report.error) {
    report.next_poll_in = AfterFailure(options_.intervals, *report.error, poll.lease.failures_in_a_row + 1);
  } else if (report.out_of_time) {
    pace.polls_without_news = 0;  // due again at once: there is more to read
  } else {
    report.read_from = poll.from;
    pace.polls_without_news = report.created + report.changed > 0 ? 0 : pace.polls_without_news + 1;
    report.next_poll_in = AfterSuccess(options_.intervals, pace.polls_without_news);
  }
}

Task<Status> IngestOrders::Read(PollState& poll) {
  auto& report = poll.report;
  auto& pace = paces_[poll.lease.who.account];
  const bool deep = IsDeep(pace);
  poll.from = WindowStart(poll.lease, pace, deep);
  auto options = options_.walk;
  options.pages_per_stretch = std::max(kFewestPages, options.pages_per_stretch >> pace.shorter_stretches);
  options.verify = !pace.last_verified || clock_.SteadyNow() - *pace.last_verified >= options_.verify_every;
  PageWalk walk(poll.from, server_.Now(clock_.Now()), options);

  const auto walked = co_await Walk(poll, walk);
  report.pages = walk.pages();
  report.swept = walk.swept();
  // A stretch that is never finished in one poll would be read again for ever.
  const bool ended_early = report.error || report.out_of_time;
  if (!ended_early) {
    pace.shorter_stretches = 0;
  } else if (!report.cursor_moved && options.pages_per_stretch > kFewestPages) {
    ++pace.shorter_stretches;
  }
  if (!walked) co_return walked;
  if (poll.broken) TakeDetour(poll);
  if (report.error) co_return Ok();
  if (!walk.problem().empty()) {
    report.error = Error{.code = ErrorCode::kUnreadable, .message = walk.problem()};
    co_return Ok();
  }
  if (!report.out_of_time) Learn(poll, walk, deep);

  co_return co_await ReadOneByOne(poll, poll.lease.ask_again);
}

Task<Status> IngestOrders::Walk(PollState& poll, PageWalk& walk) {
  while (!std::holds_alternative<PageWalk::Finished>(walk.next())) {
    if (OutOfTime(poll)) co_return Ok();
    if (const auto* count = std::get_if<PageWalk::AskCount>(&walk.next())) {
      co_await AskCount(poll, walk, *count);
      if (poll.report.error) co_return Ok();
      const auto saved = co_await Save(poll, {.cursor = walk.TakeCursor()});
      if (!saved) co_return saved;
    } else {
      const auto request = std::get<PageWalk::AskPage>(walk.next()).request;
      const auto read = co_await ReadPage(poll, walk, request);
      if (!read) co_return read;
    }
    if (poll.report.error) co_return Ok();
  }
  co_return Ok();
}

Task<Status> IngestOrders::ReadPage(PollState& poll, PageWalk& walk, const marketplace::OrdersQuery& request) {
  PageToSave save;
  auto read = co_await pages_.Fetch(poll.lease.who, request, poll.extra);
  if (!read) {
    poll.report.error = read.error();
    co_return Ok();
  }
  if (read->page.server_time) {
    if (const auto off = server_.Answered(*read->page.server_time, clock_.Now())) {
      poll.report.oddities.insert("the marketplace's Date header is " +
                                  std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*off).count()) +
                                  " s off its other answers; it moves nothing");
    }
  }
  if (read->broken) {
    poll.broken = true;
    poll.behind_broken = read->behind_broken;
  }
  if (read->problem) {
    poll.report.error = read->problem;  // the page is not read to its end: stored, but no ground for the cursor
  } else {
    walk.OnPage(Seen(read->page), read->shape);
    save.cursor = walk.TakeCursor();
  }
  save.orders = std::move(read->page.orders);
  save.unreadable = std::move(read->page.unreadable);
  const auto saved = co_await Save(poll, std::move(save));
  co_return saved;
}

Task<> IngestOrders::AskCount(PollState& poll, PageWalk& walk, PageWalk::AskCount window) {
  const marketplace::Caller caller{poll.lease.who};
  const marketplace::OrdersQuery query{.updated_at_min = window.min, .updated_at_max = window.max};
  const auto counted = co_await api_.Count(caller, query);
  if (counted) {
    walk.OnCount(*counted);
  } else if (StrikesEveryCall(counted.error().code)) {
    poll.report.error = counted.error();
  } else {
    poll.report.oddities.insert("the marketplace did not count its orders, so they are read twice: " +
                                counted.error().message);
    walk.OnNoCount();
  }
}

Task<Status> IngestOrders::Save(PollState& poll, PageToSave page) {
  auto& lease = poll.lease;
  // The cursor never passes what the marketplace may still write.
  if (page.cursor) page.cursor = std::min(*page.cursor, server_.Earliest(clock_.Now()) - options_.lag);
  if (page.cursor && *page.cursor <= lease.cursor.value_or(poll.from)) page.cursor.reset();
  if (page.orders.empty() && page.unreadable.empty() && !page.cursor) co_return Ok();
  poll.report.unreadable += static_cast<int>(page.unreadable.size());
  auto saved = co_await SavePage(database_, box_, fingerprints_, lease, page);
  if (!saved) co_return saved.error();

  if (page.cursor) poll.report.cursor_moved = true;
  poll.report += *saved;
  if (poll.report.error) co_return Ok();
  co_return co_await ReadOneByOne(poll, saved->ask_again);
}

Task<Status> IngestOrders::ReadOneByOne(PollState& poll, const std::vector<OrderId>& orders) {
  auto& lease = poll.lease;
  for (const auto& id : orders) {
    if (OutOfTime(poll) || --poll.single_calls_left < 0) co_return Ok();
    PageToSave page;
    auto order = co_await FetchOrder(api_, fingerprints_, lease.who, id);
    if (!order) {
      // It is read again with the overlap, or when its turn comes: the other orders do not wait for it.
      if (!StrikesEveryCall(order.error().code)) continue;
      poll.report.error = order.error();
      co_return Ok();
    }
    page.orders.push_back(std::move(*order));
    page.alone = true;
    auto saved = co_await SavePage(database_, box_, fingerprints_, lease, page);
    if (!saved) co_return saved.error();
    poll.report += *saved;
  }
  co_return Ok();
}

// A poll that ran out of time without any progress would do the same for ever: that is an error, which backs off.
bool IngestOrders::OutOfTime(PollState& poll) const {
  auto& report = poll.report;
  if (clock_.SteadyNow() < poll.end) return false;
  report.out_of_time = true;
  if (!report.cursor_moved && report.created + report.changed == 0 && !report.error) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.longest).count();
    report.error = Error{.code = ErrorCode::kDeadlineExceeded,
                         .message = "the poll made no progress in " + std::to_string(seconds) + " s"};
  }
  return true;
}

void IngestOrders::Learn(PollState& poll, const PageWalk& walk, bool deep) {
  auto& pace = paces_[poll.lease.who.account];
  options_.walk.short_page_ends = std::max(options_.walk.short_page_ends, walk.short_page_ends());
  if (walk.verified()) pace.last_verified = clock_.SteadyNow();
  if (deep) {
    pace.last_deep = clock_.SteadyNow();
    pace.deep_pages = walk.pages() - walk.confirmations();
  }
  if (!poll.broken && pace.detour && clock_.SteadyNow() >= pace.detour->until) pace.detour.reset();
}

// The next polls begin behind the broken order, so that it costs its extra calls once and not at every poll. After a
// pause, which doubles, it is tried again.
void IngestOrders::TakeDetour(PollState& poll) {
  auto& pace = paces_[poll.lease.who.account];
  const auto now = clock_.SteadyNow();
  auto pause = kFirstPause;
  const bool active = pace.detour && now < pace.detour->until;
  const bool whole = !poll.report.error && !poll.report.out_of_time;
  if (!whole) {
    // Others of its time may not have been read: the next poll begins at that time and not behind it.
    if (poll.behind_broken) *poll.behind_broken -= std::chrono::microseconds{1};
  } else if (active && poll.behind_broken && *poll.behind_broken <= pace.detour->from) {
    poll.behind_broken = pace.detour->from + std::chrono::microseconds{1};  // it stands at the very time we began at
  }
  if (pace.detour)
    pause = now < pace.detour->until ? pace.detour->pause : std::min(pace.detour->pause * 2, kLongestPause);
  // A time of the future is not believed: it would hide every order until then.
  if (poll.behind_broken && *poll.behind_broken <= server_.Now(clock_.Now()) + kFirstPause) {
    pace.detour = Detour{.from = *poll.behind_broken,
                         .until = active ? pace.detour->until : now + pause,
                         .pause = pause,
                         .passed_over = active ? pace.detour->passed_over : *poll.behind_broken};
  } else if (!poll.report.error) {
    poll.report.error = Error{.code = ErrorCode::kUnreadable,
                              .message =
                                  "the list ends with an order that cannot be read and shows no time; it was set "
                                  "aside, and the list is asked for less often until a later order follows"};
  }
}

bool IngestOrders::IsDeep(const AccountPace& pace) const {
  if (!pace.last_deep || pace.deep_pages <= 1) return true;
  return clock_.SteadyNow() - *pace.last_deep >= options_.deep_every;
}

SysTime IngestOrders::WindowStart(const AccountLease& lease, AccountPace& pace, bool deep) const {
  auto from = server_.Now(clock_.Now()) - options_.first_window;
  if (lease.cursor) from = *lease.cursor - (deep ? options_.overlap : options_.short_overlap);
  if (lease.look_again_from) from = std::min(from, *lease.look_again_from);
  if (!pace.detour) return from;
  if (clock_.SteadyNow() >= pace.detour->until) return std::min(from, pace.detour->passed_over);
  pace.detour->passed_over = std::min(pace.detour->passed_over, from);
  return std::max(from, pace.detour->from);
}

}  // namespace cdiscount::order_ingest
