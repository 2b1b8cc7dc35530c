#include "simulator/world/order_book.hpp"

#include <algorithm>
#include <utility>

namespace cdiscount::simulator {
namespace {

std::int64_t Micros(SysTime time) {
  return time.time_since_epoch().count();
}

bool Inside(const std::optional<SysTime>& value, const std::optional<SysTime>& min, const std::optional<SysTime>& max) {
  if (!min && !max) return true;
  return value && (!min || *value >= *min) && (!max || *value <= *max);
}

// Nothing sorts first: an absent deadline is before every deadline.
std::int64_t SortKey(const Order& order, SortField field) {
  switch (field) {
    case SortField::kUpdatedAt:
      return Micros(order.updated_at);
    case SortField::kCreatedAt:
      return Micros(order.created_at);
    case SortField::kPurchasedAt:
      return Micros(order.purchased_at);
    case SortField::kShippedAtMax:
      return order.ship_by ? Micros(*order.ship_by) : 0;
    case SortField::kShippedAt:
      return order.shipped_at ? Micros(*order.shipped_at) : 0;
    case SortField::kOrderId:
      return 0;
  }
  return 0;
}

}  // namespace

bool Matches(const Order& order, const OrderQuery& query) {
  if (!Inside(order.created_at, query.created_min, query.created_max)) return false;
  if (!Inside(order.shipped_at, query.shipped_min, query.shipped_max)) return false;
  if (!query.statuses.empty() &&
      std::find(query.statuses.begin(), query.statuses.end(), order.status) == query.statuses.end()) {
    return false;
  }
  if (query.reference && order.reference != query.reference) return false;
  if (query.sales_channel && *query.sales_channel != "CDISFR") return false;
  if (query.business && order.business != *query.business) return false;
  if (query.shipping_country && order.shipping->country_code != *query.shipping_country) return false;
  if (query.supply && std::none_of(order.lines.begin(), order.lines.end(),
                                   [&](const OrderLine& line) { return line.supply == *query.supply; })) {
    return false;
  }
  return true;
}

namespace {

bool FiltersByMoreThanTheWindow(const OrderQuery& query) {
  return query.reference || query.sales_channel || query.business || !query.statuses.empty() || query.supply ||
         query.shipping_country || query.created_min || query.created_max || query.shipped_min || query.shipped_max;
}

}  // namespace

void OrderBook::Empty(Shelf& shelf, const OrderRecord& record) {
  const auto updated = Micros(record.order.updated_at);
  auto entry = std::lower_bound(shelf.entries.begin(), shelf.entries.end(), updated,
                                [](const Entry& other, std::int64_t stamp) { return other.updated < stamp; });
  while (entry->record != &record) ++entry;
  entry->record = nullptr;
  ++shelf.empty;
}

std::uint64_t OrderBook::Keep(const Order& order, std::uint32_t version, SysTime now, SysTime visible_at) {
  KeptVersion kept;
  kept.order_id = order.id;
  kept.seller = order.seller;
  kept.version = version;
  kept.made_at = now;
  kept.visible_at = visible_at;
  kept.updated_at = order.updated_at;
  kept.status = order.status;
  for (const auto& line : order.lines) kept.line_statuses.push_back(line.status);
  kept.total_minor = order.TotalMinor();
  kept.parcels = order.ParcelCount();
  kept.content_hash = ContentHash(order);
  return ledger_.Keep(std::move(kept));
}

void OrderBook::Reveal(OrderRecord& record, Order order, std::uint64_t seq, std::uint32_t version) {
  auto& shelf = shelves_[order.seller];
  const auto updated = Micros(order.updated_at);
  if (record.visible_version != 0) Empty(shelf, record);
  record.order = std::move(order);
  record.visible_version = version;
  record.visible_seq = seq;
  record.rendered.clear();
  if (shelf.empty > 64 && shelf.empty * 2 > shelf.entries.size()) {
    std::erase_if(shelf.entries, [](const Entry& entry) { return entry.record == nullptr; });
    shelf.empty = 0;
  }
  const Entry entry{updated, &record};
  if (shelf.entries.empty() || shelf.entries.back().updated <= updated) {
    shelf.entries.push_back(entry);
    return;
  }
  const auto place = std::upper_bound(shelf.entries.begin(), shelf.entries.end(), updated,
                                      [](std::int64_t stamp, const Entry& other) { return stamp < other.updated; });
  shelf.entries.insert(place, entry);
}

OrderRecord& OrderBook::Add(Order order, SysTime now, SysTime visible_at) {
  auto& record = records_.emplace_back();
  by_id_[order.id] = &record;
  record.versions = 1;
  const auto seq = Keep(order, 1, now, visible_at);
  if (visible_at <= now) {
    Reveal(record, std::move(order), seq, 1);
  } else {
    record.held_back.push_back({std::move(order), seq, 1, visible_at});
    due_.emplace(visible_at, &record);
  }
  return record;
}

Result<const KeptVersion*> OrderBook::Update(OrderRecord& record, const Change& change, SysTime now,
                                             SysTime visible_at) {
  Order next = record.latest();
  if (const auto applied = Apply(next, change, now); !applied) return applied.error();
  const auto version = ++record.versions;
  if (!record.held_back.empty()) visible_at = std::max(visible_at, record.held_back.back().visible_at);
  const auto seq = Keep(next, version, now, visible_at);
  if (visible_at <= now) {
    Reveal(record, std::move(next), seq, version);
  } else {
    record.held_back.push_back({std::move(next), seq, version, visible_at});
    due_.emplace(visible_at, &record);
  }
  return &ledger_.version(seq);
}

void OrderBook::Settle(SysTime now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    auto& record = *due_.begin()->second;
    due_.erase(due_.begin());
    auto held = std::move(record.held_back.front());
    record.held_back.pop_front();
    Reveal(record, std::move(held.order), held.seq, held.version);
  }
}

OrderRecord* OrderBook::Find(std::string_view order_id) {
  const auto found = by_id_.find(std::string{order_id});
  return found == by_id_.end() ? nullptr : found->second;
}

OrderRecord* OrderBook::FindVisible(SellerId seller, std::string_view order_id) {
  auto* record = Find(order_id);
  return record && record->visible_version != 0 && record->order.seller == seller ? record : nullptr;
}

template <class Visit>
void OrderBook::ForEachMatch(SellerId seller, const OrderQuery& query, Visit visit) {
  const auto found = shelves_.find(seller);
  if (found == shelves_.end()) return;
  const auto& entries = found->second.entries;
  auto first = entries.begin();
  auto last = entries.end();
  if (query.updated_min) {
    first = std::lower_bound(first, last, Micros(*query.updated_min),
                             [](const Entry& entry, std::int64_t stamp) { return entry.updated < stamp; });
  }
  if (query.updated_max) {
    last = std::upper_bound(first, last, Micros(*query.updated_max),
                            [](std::int64_t stamp, const Entry& entry) { return stamp < entry.updated; });
  }
  const bool filtered = FiltersByMoreThanTheWindow(query);
  const auto step = [&](const Entry& entry) {
    return !entry.record || (filtered && !Matches(entry.record->order, query)) || visit(*entry.record);
  };
  if (query.sort == SortField::kUpdatedAt && query.descending) {
    while (last != first && step(*--last)) {
    }
  } else {
    while (first != last && step(*first)) ++first;
  }
}

std::vector<OrderRecord*> OrderBook::Page(SellerId seller, const OrderQuery& query, std::size_t skip_less) {
  std::size_t skip = (query.page_index - 1) * query.page_size;
  skip -= std::min(skip, skip_less);
  std::vector<OrderRecord*> page;
  if (query.sort == SortField::kUpdatedAt) {
    ForEachMatch(seller, query, [&](OrderRecord& record) {
      if (skip > 0) {
        --skip;
      } else {
        page.push_back(&record);
      }
      return page.size() < query.page_size;
    });
    return page;
  }
  std::vector<OrderRecord*> all;
  ForEachMatch(seller, query, [&](OrderRecord& record) {
    all.push_back(&record);
    return true;
  });
  std::sort(all.begin(), all.end(), [&](const OrderRecord* a, const OrderRecord* b) {
    if (query.descending) std::swap(a, b);
    const auto left = SortKey(a->order, query.sort), right = SortKey(b->order, query.sort);
    return left != right ? left < right : a->order.id < b->order.id;
  });
  for (std::size_t i = skip; i < all.size() && page.size() < query.page_size; ++i) page.push_back(all[i]);
  return page;
}

std::size_t OrderBook::Count(SellerId seller, const OrderQuery& query) {
  std::size_t count = 0;
  ForEachMatch(seller, query, [&](OrderRecord&) {
    ++count;
    return true;
  });
  return count;
}

}  // namespace cdiscount::simulator
