#include <fmt/core.h>

#include <algorithm>

#include "simulator/api/order_query.hpp"
#include "simulator/api/routes.hpp"

namespace cdiscount::simulator {
namespace {

// The second half comes first.
void Disorder(std::vector<OrderRecord*>& page) {
  if (page.size() > 1)
    std::rotate(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(page.size() / 2), page.end());
}

Oddity Join(Oddity a, const Oddity& b) {
  a.unknown_enum |= b.unknown_enum;
  a.unknown_fields |= b.unknown_fields;
  a.null_fields |= b.null_fields;
  a.absent_fields |= b.absent_fields;
  a.broken_json |= b.broken_json;
  a.wrong_types |= b.wrong_types;
  a.missing_certain |= b.missing_certain;
  a.broken_brackets |= b.broken_brackets;
  a.other_seller |= b.other_seller;
  a.other_channel |= b.other_channel;
  a.nul_in_id |= b.nul_in_id;
  a.flicker = std::max(a.flicker, b.flicker);
  return a;
}

bool Readable(const Oddity& oddity) {
  return !oddity.broken_json && !oddity.broken_brackets && !oddity.wrong_types && !oddity.missing_certain &&
         !oddity.other_seller && !oddity.other_channel && !oddity.nul_in_id;
}

}  // namespace

Oddity OctopiaRoutes::FaultOddity(Call& call) {
  Oddity oddity;
  oddity.unknown_fields = Fire(call, FaultKind::kUnknownFields) != nullptr;
  oddity.null_fields = Fire(call, FaultKind::kNullFields) != nullptr;
  oddity.absent_fields = Fire(call, FaultKind::kAbsentFields) != nullptr;
  return oddity;
}

void OctopiaRoutes::AppendOrder(Call& call, OrderRecord& record, const Oddity& oddity, std::string& out) {
  const auto odd = Join(record.oddity, oddity);
  if (odd.any()) {
    out += RenderOrder(record.order, odd, record.odd_showings++);
  } else {
    if (record.rendered.empty()) record.rendered = RenderOrder(record.order);
    out += record.rendered;
  }
  if (Readable(odd)) call.shows.emplace_back(record.visible_seq, odd.any());
}

http::ServerResponse OctopiaRoutes::ListOrders(Call& call) {
  auto query = ParseOrderQuery(call.request.query);
  if (!query) {
    const auto& error = query.error();
    return Problem(400, error.message, call.request.path, {{error.field, error.message}});
  }
  if (const auto* late = Fire(call, FaultKind::kLateOrder)) {
    world_.CreateOrder({.seller = call.seller->id}, call.now, {.late_by = std::chrono::milliseconds{late->ms}});
  }
  if (Fire(call, FaultKind::kIgnoreSort)) {
    query->sort = SortField::kCreatedAt;
    query->descending = true;
  }
  if (const auto* cap = Fire(call, FaultKind::kPageSizeCap)) query->page_size = std::min(query->page_size, cap->size);
  const bool repeat = query->page_index > 1 && Fire(call, FaultKind::kSameOrderOnTwoPages);
  auto page = world_.orders().Page(call.seller->id, *query, repeat ? 1 : 0);
  if (page.empty() && query->page_index > 1 && Fire(call, FaultKind::kClampedIndex)) {
    const auto all = world_.orders().Count(call.seller->id, *query);
    query->page_index = std::max<std::size_t>(1, (all + query->page_size - 1) / query->page_size);
    page = world_.orders().Page(call.seller->id, *query);
  }
  if (page.size() > 1 && Fire(call, FaultKind::kUnsortedPage)) Disorder(page);

  const auto oddity = FaultOddity(call);
  const auto* strange = page.empty() ? nullptr : Fire(call, FaultKind::kUnknownEnum);
  const auto* broken = page.empty() ? nullptr : Fire(call, FaultKind::kMalformedJson, FaultMoment::kBefore);
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
  if (page.size() == query->page_size && Fire(call, FaultKind::kPageShift)) {
    const auto& order = page.front()->latest();
    static_cast<void>(world_.ChangeOrder(order.id, world_.NextChange(order), call.now));
  }
  return JsonAnswer(200, std::move(body));
}

http::ServerResponse OctopiaRoutes::CountOrders(Call& call) {
  const auto query = ParseOrderQuery(call.request.query);
  if (!query) {
    const auto& error = query.error();
    return Problem(400, error.message, call.request.path, {{error.field, error.message}});
  }
  return JsonAnswer(200, std::to_string(world_.orders().Count(call.seller->id, *query)));
}

http::ServerResponse OctopiaRoutes::GetOrder(Call& call) {
  auto* record = world_.orders().FindVisible(call.seller->id, call.order_id);
  if (!record) return Problem(404, fmt::format("The order {} was not found.", call.order_id), call.request.path);
  auto oddity = FaultOddity(call);
  oddity.unknown_enum = Fire(call, FaultKind::kUnknownEnum) != nullptr;
  oddity.broken_json = Fire(call, FaultKind::kMalformedJson, FaultMoment::kBefore) != nullptr;
  std::string body;
  AppendOrder(call, *record, oddity, body);
  return JsonAnswer(200, std::move(body));
}

}  // namespace cdiscount::simulator
