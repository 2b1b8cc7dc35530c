#include <fmt/core.h>

#include <algorithm>

#include "simulator/api/call.hpp"
#include "simulator/api/order_query.hpp"

namespace cdiscount::simulator {
namespace {

// The second half comes first.
void Disorder(std::vector<OrderRecord*>& page) {
  if (page.size() > 1)
    std::rotate(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(page.size() / 2), page.end());
}

Oddity FaultOddity(Call& call) {
  Oddity oddity;
  oddity.unknown_fields = call.Fire(FaultKind::kUnknownFields) != nullptr;
  oddity.null_fields = call.Fire(FaultKind::kNullFields) != nullptr;
  oddity.absent_fields = call.Fire(FaultKind::kAbsentFields) != nullptr;
  return oddity;
}

void AppendOrder(Call& call, OrderRecord& record, const Oddity& oddity, std::string& out) {
  const auto odd = record.oddity | oddity;
  if (odd.any()) {
    out += ShownText(record.order, odd, record.odd_showings++);
  } else {
    if (record.text.empty()) record.text = ShownText(record.order);
    out += record.text;
  }
  if (odd.acceptable()) call.shows.emplace_back(record.visible_seq, odd.any());
}

http::ServerResponse WrongParameter(const Call& call, const Error& error) {
  return Problem(400, error.message, call.request.path, {{error.field, error.message}});
}

}  // namespace

http::ServerResponse OrderNotFound(const Call& call) {
  return Problem(404, fmt::format("The order {} was not found.", call.order_id), call.request.path);
}

http::ServerResponse ListOrders(Call& call) {
  auto query = ParseOrderQuery(call.request.query);
  if (!query) return WrongParameter(call, query.error());
  if (const auto* late = call.Fire(FaultKind::kLateOrder)) {
    call.world.CreateOrder({.seller = call.seller->id}, call.now, {.late_by = std::chrono::milliseconds{late->ms}});
  }
  if (call.Fire(FaultKind::kIgnoreSort)) {
    query->sort = "createdAt";
    query->descending = true;
  }
  if (const auto* cap = call.Fire(FaultKind::kPageSizeCap)) query->page_size = std::min(query->page_size, cap->size);
  const bool repeat = query->page_index > 1 && call.Fire(FaultKind::kSameOrderOnTwoPages);
  auto page = call.world.orders().Page(call.seller->id, *query, repeat ? 1 : 0);
  if (page.empty() && query->page_index > 1 && call.Fire(FaultKind::kClampedIndex)) {
    const auto all = call.world.orders().Count(call.seller->id, *query);
    query->page_index = std::max<std::size_t>(1, (all + query->page_size - 1) / query->page_size);
    page = call.world.orders().Page(call.seller->id, *query);
  }
  if (page.size() > 1 && call.Fire(FaultKind::kUnsortedPage)) Disorder(page);

  const auto oddity = FaultOddity(call);
  const auto* strange = page.empty() ? nullptr : call.Fire(FaultKind::kUnknownEnum);
  const auto* broken = page.empty() ? nullptr : call.Fire(FaultKind::kMalformedJson, FaultMoment::kBefore);
  auto body = fmt::format(R"({{"itemsPerPage":{},"items":[)", page.size());
  for (std::size_t i = 0; i < page.size(); ++i) {
    auto own = oddity;
    own.unknown_enum = strange && i == strange->item.value_or(0);
    own.broken_json = broken && i == broken->item.value_or(0);
    if (i > 0) body.push_back(',');
    AppendOrder(call, *page[i], own, body);
  }
  body += "]}";

  // The page is written; now its first order moves to the end of the list, and all behind it move up.
  if (page.size() == query->page_size && call.Fire(FaultKind::kPageShift)) {
    const auto& order = page.front()->latest();
    static_cast<void>(call.world.ChangeOrder(order.id(), call.world.NextChange(order), call.now));
  }
  return JsonAnswer(200, std::move(body));
}

http::ServerResponse CountOrders(Call& call) {
  const auto query = ParseOrderQuery(call.request.query);
  if (!query) return WrongParameter(call, query.error());
  return JsonAnswer(200, std::to_string(call.world.orders().Count(call.seller->id, *query)));
}

http::ServerResponse GetOrder(Call& call) {
  auto* record = call.FindOrder();
  if (!record) return OrderNotFound(call);
  auto oddity = FaultOddity(call);
  oddity.unknown_enum = call.Fire(FaultKind::kUnknownEnum) != nullptr;
  oddity.broken_json = call.Fire(FaultKind::kMalformedJson, FaultMoment::kBefore) != nullptr;
  std::string body;
  AppendOrder(call, *record, oddity, body);
  return JsonAnswer(200, std::move(body));
}

}  // namespace cdiscount::simulator
