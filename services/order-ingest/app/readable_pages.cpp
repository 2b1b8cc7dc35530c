#include "app/readable_pages.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cdiscount::order_ingest {
namespace {

int SmallestFactor(int size) {
  for (int factor = 2; factor * factor <= size; ++factor) {
    if (size % factor == 0) return factor;
  }
  return size;
}

constexpr int kMostPasses = 6;

// What was on a page, in its order.
using Seen = std::vector<std::pair<std::string, std::optional<SysTime>>>;

Seen SeenOn(const OrderPage& page) {
  Seen seen;
  for (const auto& order : page.orders) seen.emplace_back(order.order.key().ToString(), order.order.updated_at());
  for (const auto& broken : page.unreadable) seen.emplace_back(broken.order_id, std::nullopt);
  return seen;
}

void Append(OrderPage& whole, OrderPage part) {
  whole.items += part.items;
  for (auto& order : part.orders) whole.orders.push_back(std::move(order));
  for (auto& broken : part.unreadable) whole.unreadable.push_back(std::move(broken));
  if (part.server_time) whole.server_time = part.server_time;
}

}  // namespace

Task<Result<OrderPage>> ReadablePages::Fetch(SellerRef seller, PageRequest request) {
  auto page = co_await source_.FetchPage(seller, request);
  if (!page && page.error().code == ErrorCode::kUnreadable) {
    page = co_await source_.FetchPage(seller, request);  // a cut answer is often whole the second time
  }
  if (page) {
    for (auto& broken : page->unreadable) broken.window_min = request.updated_min;
    co_return page;
  }
  if (page.error().code != ErrorCode::kUnreadable) co_return page;
  if (request.page_size > 1) {
    auto parts = co_await FetchInParts(std::move(seller), request);
    co_return parts;
  }
  auto raw = source_.TakeUnreadableBody(seller.account);
  OrderPage alone{.items = 1};
  alone.unreadable.push_back({.order_id = FindOrderId(raw),
                              .reason = page.error().message,
                              .raw = std::move(raw),
                              .window_min = request.updated_min});
  co_return alone;
}

// Parts are read one after the other, and an order that changes in between moves all behind it up by one, perhaps over
// the border of two parts. So the parts are read until two passes show the same.
Task<Result<OrderPage>> ReadablePages::FetchInParts(SellerRef seller, PageRequest request) {
  std::optional<Seen> before;
  for (int pass = 0; pass < kMostPasses; ++pass) {
    auto whole = co_await FetchPartsOnce(seller, request);
    if (!whole) co_return whole;
    auto seen = SeenOn(*whole);
    if (seen == before) co_return whole;
    before = std::move(seen);
  }
  co_return Error{.code = ErrorCode::kUnavailable,
                  .message = "a page that can only be read in parts changed at every try"};
}

Task<Result<OrderPage>> ReadablePages::FetchPartsOnce(SellerRef seller, PageRequest request) {
  const int parts = SmallestFactor(request.page_size);
  auto part = request;
  part.page_size = request.page_size / parts;
  OrderPage whole;
  for (int i = 0; i < parts; ++i) {
    part.page_index = (request.page_index - 1) * parts + 1 + i;
    auto page = co_await Fetch(seller, part);
    if (!page) co_return page;
    const auto items = page->items;
    Append(whole, std::move(*page));
    if (items < static_cast<std::size_t>(part.page_size)) break;
  }
  co_return whole;
}

std::string FindOrderId(std::string_view raw) {
  constexpr std::string_view kKey = "\"orderId\"";
  auto at = raw.find(kKey);
  if (at == std::string_view::npos) return {};
  at = raw.find_first_not_of(" \t\r\n:", at + kKey.size());
  if (at == std::string_view::npos || raw[at] != '"') return {};
  const auto end = raw.find_first_of("\"\\", at + 1);
  if (end == std::string_view::npos || raw[end] != '"') return {};
  return std::string(raw.substr(at + 1, end - at - 1));
}

}  // namespace cdiscount::order_ingest
