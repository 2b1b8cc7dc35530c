#include "simulator/world/order_book.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace cdiscount::simulator {
namespace {

std::int64_t Micros(SysTime time) {
  return time.time_since_epoch().count();
}

// The sort key of the list: a text, of a stamp without its zone. An absent stamp sorts first.
std::string_view SortText(const Order& order, const std::string& key) {
  if (key == "orderId") return order.id();
  if (key == "shippedAt") return std::string_view{order.shipped_at}.substr(0, 19);
  const auto& stamp = order.shown.at(key);
  return stamp.is_null() ? std::string_view{} : std::string_view{stamp.get_ref<const std::string&>()}.substr(0, 19);
}

}  // namespace

std::uint64_t OrderBook::Keep(OrderRecord& record, const Order& order, SysTime now, SysTime visible_at) {
  KeptVersion version;
  version.order_id = order.id();
  version.seller = record.seller;
  version.version = ++record.versions;
  version.made_at = now;
  version.visible_at = visible_at;
  version.updated_at = order.updated_at();
  version.status = order.status();
  for (const auto& line : order.lines()) version.line_statuses.push_back(LineStatus(line));
  version.total_minor = order.total_minor();
  version.parcels = order.parcels();
  return ledger_.Keep(std::move(version));
}

void OrderBook::Reveal(OrderRecord& record, std::uint64_t seq, std::uint32_t version) {
  auto& [entries, empty] = shelves_[record.seller];
  const auto earlier = [](const Entry& entry, std::int64_t stamp) { return entry.updated < stamp; };
  if (record.visible_version != 0) {
    auto entry = std::lower_bound(entries.begin(), entries.end(), record.shelved_at, earlier);
    while (entry->record != &record) ++entry;
    entry->record = nullptr;
    ++empty;
  }
  if (empty > 64 && empty * 2 > entries.size()) {
    std::erase_if(entries, [](const Entry& entry) { return entry.record == nullptr; });
    empty = 0;
  }
  record.visible_version = version;
  record.visible_seq = seq;
  record.shelved_at = Micros(record.order.updated_at());
  record.text.clear();
  auto place = entries.end();  // behind all of its stamp
  if (!entries.empty() && entries.back().updated > record.shelved_at) {
    place = std::lower_bound(entries.begin(), entries.end(), record.shelved_at + 1, earlier);
  }
  entries.insert(place, {record.shelved_at, &record});
}

OrderRecord& OrderBook::Add(Order order, SysTime now, SysTime visible_at) {
  auto& record = records_.emplace_back();
  record.seller = order.seller();
  by_id_[order.id()] = &record;
  const auto seq = Keep(record, order, now, visible_at);
  if (visible_at <= now) {
    record.order = std::move(order);
    Reveal(record, seq, 1);
  } else {
    record.held_back.push_back({std::move(order), seq, 1, visible_at});
    due_.emplace(visible_at, &record);
  }
  return record;
}

Result<const KeptVersion*> OrderBook::Update(OrderRecord& record, const Change& change, SysTime now,
                                             SysTime visible_at) {
  if (record.held_back.empty() && visible_at <= now) {
    if (const auto applied = Apply(record.order, change, now); !applied) return applied.error();
    Reveal(record, Keep(record, record.order, now, visible_at), record.versions);
    return &ledger_.versions().back();
  }
  Order next = record.latest();
  if (const auto applied = Apply(next, change, now); !applied) return applied.error();
  if (!record.held_back.empty()) visible_at = std::max(visible_at, record.held_back.back().visible_at);
  const auto seq = Keep(record, next, now, visible_at);
  record.held_back.push_back({std::move(next), seq, record.versions, visible_at});
  due_.emplace(visible_at, &record);
  return &ledger_.versions().back();
}

void OrderBook::Settle(SysTime now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    auto& record = *due_.begin()->second;
    due_.erase(due_.begin());
    auto held = std::move(record.held_back.front());
    record.held_back.erase(record.held_back.begin());
    record.order = std::move(held.order);
    Reveal(record, held.seq, held.version);
  }
}

OrderRecord* OrderBook::Find(std::string_view order_id) {
  const auto found = by_id_.find(std::string{order_id});
  return found == by_id_.end() ? nullptr : found->second;
}

OrderRecord* OrderBook::FindVisible(SellerId seller, std::string_view order_id) {
  auto* record = Find(order_id);
  return record && record->visible_version != 0 && record->seller == seller ? record : nullptr;
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
  const auto matches = [&](const Order& order) {
    return std::all_of(query.filters.begin(), query.filters.end(), [&](const auto& filter) { return filter(order); });
  };
  const auto step = [&](const Entry& entry) {
    return !entry.record || !matches(entry.record->order) || visit(*entry.record);
  };
  if (query.sort == "updatedAt" && query.descending) {
    while (last != first) {
      --last;
      if (!step(*last)) break;
    }
  } else {
    while (first != last && step(*first)) ++first;
  }
}

std::vector<OrderRecord*> OrderBook::Page(SellerId seller, const OrderQuery& query, std::size_t skip_less) {
  std::size_t skip = (query.page_index - 1) * query.page_size;
  skip -= std::min(skip, skip_less);
  std::vector<OrderRecord*> page;
  if (query.sort == "updatedAt") {
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
  std::vector<std::tuple<std::string_view, std::string_view, OrderRecord*>> all;  // the key, then the id
  ForEachMatch(seller, query, [&](OrderRecord& record) {
    all.emplace_back(SortText(record.order, query.sort), record.order.id(), &record);
    return true;
  });
  std::sort(all.begin(), all.end());
  if (query.descending) std::reverse(all.begin(), all.end());
  for (std::size_t i = skip; i < all.size() && page.size() < query.page_size; ++i) page.push_back(std::get<2>(all[i]));
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
