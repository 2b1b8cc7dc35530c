#include "app/ingest_orders.hpp"

#include <algorithm>
#include <utility>

namespace cdiscount::order_ingest {
namespace {

std::vector<SeenOrder> Seen(const OrderPage& page) {
  std::vector<SeenOrder> seen;
  seen.reserve(page.items);
  for (const auto& incoming : page.orders) {
    seen.push_back({.id = incoming.order.key().order.value(), .updated_at = incoming.order.updated_at()});
  }
  for (const auto& broken : page.unreadable) seen.push_back({.id = broken.order_id, .updated_at = std::nullopt});
  return seen;
}

// What one order cannot be blamed for ends the poll.
bool StrikesEveryCall(ErrorCode code) {
  return code == ErrorCode::kThrottled || code == ErrorCode::kUnauthenticated || code == ErrorCode::kPermissionDenied ||
         code == ErrorCode::kCancelled;
}

void Add(const SaveReport& saved, PollReport& report) {
  report.created += saved.created;
  report.changed += saved.changed;
  report.unchanged += saved.unchanged;
  report.older += saved.older;
  report.flicker += saved.flicker;
  report.set_back += saved.set_back;
  report.ages.insert(report.ages.end(), saved.ages.begin(), saved.ages.end());
}

}  // namespace

IngestOrders::IngestOrders(OrderSource& source, OrderStore& store, const Clock& clock, PollingOptions options,
                           std::function<void()> announce)
    : source_(source),
      store_(store),
      clock_(clock),
      options_(options),
      announce_(std::move(announce)),
      pages_(source) {}

Task<Result<PollReport>> IngestOrders::Poll(AccountLease lease) {
  auto report = co_await Read(lease, PollReport{});
  if (!report) co_return report;

  auto& pace = paces_[lease.who.account];
  PollEnd end;
  if (report->error && report->error->code == ErrorCode::kCancelled) {
    end.interrupted = true;
  } else if (report->error) {
    end.error = report->error->message;
    end.next_poll_in = AfterFailure(options_.intervals, *report->error, lease.failures_in_a_row + 1);
  } else {
    end.read_from = report->read_from;
    pace.polls_without_news = report->created + report->changed > 0 ? 0 : pace.polls_without_news + 1;
    end.next_poll_in = AfterSuccess(options_.intervals, pace.polls_without_news);
  }
  report->next_poll_in = end.next_poll_in;
  const auto finished = co_await store_.FinishPoll(lease, end);
  if (!finished) co_return finished.error();
  co_return report;
}

Task<Result<PollReport>> IngestOrders::Read(AccountLease& lease, PollReport report) {
  auto& pace = paces_[lease.who.account];
  const bool deep = IsDeep(pace);
  report.read_from = WindowStart(lease, deep);
  PageWalk walk(report.read_from, clock_.Now() + server_ahead_ - options_.lag, options_.walk);

  while (!std::holds_alternative<PageWalk::Finished>(walk.next())) {
    PageToSave save;
    save.asked_at = lease.write_counter;
    if (const auto* count = std::get_if<PageWalk::AskCount>(&walk.next())) {
      const auto counted = co_await source_.Count(lease.who, count->min, count->max);
      if (!counted) {
        report.error = counted.error();
        co_return report;
      }
      walk.OnCount(*counted);
    } else {
      auto page = co_await pages_.Fetch(lease.who, std::get<PageWalk::AskPage>(walk.next()).request);
      if (!page) {
        report.error = page.error();
        co_return report;
      }
      if (page->server_time) server_ahead_ = *page->server_time - clock_.Now();
      walk.OnPage(Seen(*page));
      save.orders = std::move(page->orders);
      save.unreadable = std::move(page->unreadable);
    }
    save.cursor = walk.TakeCursor();
    // A clock of ours that runs ahead must not carry the cursor past what the marketplace may still write.
    if (save.cursor) save.cursor = std::min(*save.cursor, clock_.Now() + server_ahead_ - options_.lag);
    if (save.cursor && lease.cursor && *save.cursor <= *lease.cursor) save.cursor.reset();
    const auto saved = co_await Save(lease, std::move(save), report);
    if (!saved) co_return saved.error();
    if (report.error) co_return report;
  }
  report.pages = walk.pages();
  report.swept = walk.swept();
  if (deep) {
    pace.last_deep = clock_.SteadyNow();
    pace.deep_pages = walk.pages();
  }

  const auto retried = co_await ReadOneByOne(lease, lease.ask_again, report);
  if (!retried) co_return retried.error();
  co_return report;
}

Task<Status> IngestOrders::Save(AccountLease& lease, PageToSave page, PollReport& report) {
  if (page.orders.empty() && page.unreadable.empty() && !page.cursor) co_return Ok();
  const auto cursor = page.cursor;
  report.unreadable += static_cast<int>(page.unreadable.size());
  auto saved = co_await store_.SavePage(lease, page);
  if (!saved) co_return saved.error();

  lease.write_counter = saved->write_counter;
  if (cursor) lease.cursor = cursor;
  Add(*saved, report);
  if (saved->announced()) announce_();
  const auto again = co_await ReadOneByOne(lease, saved->ask_again, report);
  co_return again;
}

Task<Status> IngestOrders::ReadOneByOne(AccountLease& lease, const std::vector<OrderId>& orders, PollReport& report) {
  for (const auto& id : orders) {
    const auto asked_at = lease.write_counter;
    auto order = co_await source_.FetchOrder(lease.who, id);
    if (!order) {
      // It is read again with the overlap, or when its turn comes: the other orders do not wait for it.
      if (!StrikesEveryCall(order.error().code)) continue;
      report.error = order.error();
      co_return Ok();
    }
    PageToSave page;
    page.orders.push_back(std::move(*order));
    page.asked_at = asked_at;
    page.alone = true;
    auto saved = co_await store_.SavePage(lease, page);
    if (!saved) co_return saved.error();
    lease.write_counter = saved->write_counter;
    Add(*saved, report);
    if (saved->announced()) announce_();
  }
  co_return Ok();
}

bool IngestOrders::IsDeep(const AccountPace& pace) const {
  if (!pace.last_deep || pace.deep_pages <= 1) return true;
  return clock_.SteadyNow() - *pace.last_deep >= options_.deep_every;
}

SysTime IngestOrders::WindowStart(const AccountLease& lease, bool deep) const {
  auto from = clock_.Now() + server_ahead_ - options_.first_window;
  if (lease.cursor) from = *lease.cursor - (deep ? options_.overlap : options_.short_overlap);
  return lease.look_again_from ? std::min(from, *lease.look_again_from) : from;
}

}  // namespace cdiscount::order_ingest
