#include "app/readable_pages.hpp"

#include <algorithm>
#include <utility>

#include "core/time_text.hpp"
#include "marketplace/order_content.hpp"

namespace cdiscount::order_ingest {
namespace {

constexpr std::chrono::microseconds kJustBehind{1};

// The largest page that begins at `offset` and holds at most `most` orders.
int PageSizeAt(int offset, int most) {
  int size = std::min(offset, most);
  while (offset % size != 0) --size;
  return size;
}

// A list that ends properly behind the break was sent whole: one of its orders breaks it. Otherwise the answer itself
// was cut off.
bool EndsProperly(std::string_view rest) {
  const auto last = rest.find_last_not_of(" \t\r\n");
  return last != std::string_view::npos && rest[last] == '}';
}

void Append(ReadablePage& whole, OrderPage part) {
  whole.page.items += part.items;
  for (auto& order : part.orders) {
    if (const auto stamp = marketplace::UpdatedAt(order.order); whole.broken && stamp) {
      // An order behind it may have the same time. One with an earlier time says that the text was misread.
      if (!whole.behind_broken || *whole.behind_broken > *stamp + kJustBehind) whole.behind_broken = *stamp;
    }
    whole.page.orders.push_back(std::move(order));
  }
  for (auto& unreadable : part.unreadable) whole.page.unreadable.push_back(std::move(unreadable));
  if (part.server_time) whole.page.server_time = part.server_time;
}

// The text that follows a key, as far as it holds no escapes.
std::string FindText(std::string_view raw, std::string_view key) {
  auto at = raw.find(key);
  if (at == std::string_view::npos) return {};
  at = raw.find_first_not_of(" \t\r\n:", at + key.size());
  if (at == std::string_view::npos || raw[at] != '"') return {};
  const auto end = raw.find_first_of("\"\\", at + 1);
  if (end == std::string_view::npos || raw[end] != '"') return {};
  return std::string(raw.substr(at + 1, end - at - 1));
}

void SetAside(ReadablePage& whole, std::string raw) {
  whole.broken = true;
  whole.behind_broken = FindUpdatedAt(raw);
  if (whole.behind_broken) *whole.behind_broken += kJustBehind;
  ++whole.page.items;
  whole.page.unreadable.push_back({.order_id = FindOrderId(raw),
                                   .reason = "the order's text breaks the list it stands in: it is no JSON",
                                   .raw = std::move(raw)});
}

}  // namespace

Task<Result<ReadablePage>> ReadablePages::Fetch(SellerRef seller, marketplace::OrdersQuery request, ExtraCalls& extra) {
  auto page = co_await FetchPage(api_, fingerprints_, seller, request);
  const auto failed = [&] { return page ? page->cut : page.error().code == ErrorCode::kUnreadable; };
  if (failed() && !extra.asked_twice) {  // a cut answer is often whole the second time
    extra.asked_twice = true;
    --extra.left;
    page = co_await FetchPage(api_, fingerprints_, seller, request);
  }
  if (!page) co_return page.error();

  ReadablePage whole;
  const bool cut = std::exchange(page->cut, false);
  const auto rest = std::exchange(page->rest, {});
  whole.page = std::move(*page);
  if (cut && EndsProperly(rest)) {
    whole.shape = PageShape::kInParts;
    co_await ReadAround(seller, request, extra, rest, whole);
  } else if (cut) {
    whole.shape = PageShape::kCut;
    if (--extra.left < 0) {
      whole.problem = Error{.code = ErrorCode::kUnreadable, .message = "the marketplace's list answers stay cut off"};
    }
  }
  for (auto& unreadable : whole.page.unreadable) unreadable.window_min = request.updated_at_min.value_or(SysTime{});
  co_return whole;
}

// `whole` holds the orders before the one that breaks the page, with which `rest` begins. That one is asked for alone,
// then what follows, until the next one that breaks its page.
Task<> ReadablePages::ReadAround(const SellerRef& seller, const marketplace::OrdersQuery& request, ExtraCalls& extra,
                                 std::string rest, ReadablePage& whole) {
  int offset = (request.page_index - 1) * request.page_size + static_cast<int>(whole.page.items);
  const int end = request.page_index * request.page_size;
  bool alone = true;
  while (offset < end) {
    if (--extra.left < 0) {
      whole.problem = Error{
          .code = ErrorCode::kUnreadable,
          .message = "too many orders break the marketplace's list: " + std::to_string(whole.page.unreadable.size()) +
                     " were set aside, the rest waits"};
      co_return;
    }
    auto part = request;
    part.page_size = alone ? 1 : PageSizeAt(offset, request.page_size);
    part.page_index = offset / part.page_size + 1;
    auto page = co_await FetchPage(api_, fingerprints_, seller, part);
    if (!page && alone && page.error().code == ErrorCode::kUnreadable) page = OrderPage{.cut = true, .rest = rest};
    if (!page) {
      whole.problem = page.error();
      co_return;
    }
    const bool cut = std::exchange(page->cut, false);
    rest = std::exchange(page->rest, {});
    const auto items = static_cast<int>(page->items);
    Append(whole, std::move(*page));
    offset += items;
    if (!cut) {
      if (items < part.page_size) co_return;  // the list ends here
      alone = false;
    } else if (alone) {
      SetAside(whole, rest);
      ++offset;
      alone = false;
    } else {
      alone = true;
    }
  }
}

std::string FindOrderId(std::string_view raw) {
  return FindText(raw, "\"orderId\"");
}

std::optional<SysTime> FindUpdatedAt(std::string_view raw) {
  return ParseIso8601(FindText(raw, "\"updatedAt\""));
}

}  // namespace cdiscount::order_ingest
