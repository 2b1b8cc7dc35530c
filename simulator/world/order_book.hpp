#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulator/world/ledger.hpp"
#include "simulator/world/oddity.hpp"
#include "simulator/world/order.hpp"

namespace cdiscount::simulator {

/// An order with the version that readers see now, and those made but held back.
struct OrderRecord {
  SellerId seller = 0;
  Order order;                        ///< The visible version; meaningless while visible_version is 0.
  std::uint32_t visible_version = 0;  ///< 0: nothing is visible yet.
  std::uint64_t visible_seq = 0;      ///< Its place in the ledger.
  std::uint32_t versions = 0;         ///< Made so far.
  Oddity oddity;                      ///< How it is shown until that is taken back.
  std::uint64_t odd_showings = 0;     ///< How often it was shown so.
  std::int64_t shelved_at = 0;        ///< The visible version's `updatedAt`, under which it is found; microseconds.
  std::string text;                   ///< Of the visible version, as it is shown; empty = not written yet.

  struct HeldBack {
    Order order;
    std::uint64_t seq;
    std::uint32_t version;
    SysTime visible_at;
  };
  std::vector<HeldBack> held_back;  ///< Oldest first.

  /// The newest version, visible or not.
  const Order& latest() const { return held_back.empty() ? order : held_back.back().order; }
  const std::string& id() const { return latest().id(); }
};

/// The query of GET /orders and /orders/count (docs/marketplace.md#order-queries).
struct OrderQuery {
  std::vector<std::function<bool(const Order&)>> filters = {};  ///< All must hold.
  std::optional<SysTime> updated_min = std::nullopt;            ///< Inclusive, as updated_max.
  std::optional<SysTime> updated_max = std::nullopt;
  std::size_t page_index = 1;
  std::size_t page_size = 100;
  std::string sort = "createdAt";  ///< A key of the document, or "shippedAt".
  bool descending = true;
};

/// The orders of all sellers: their versions in the ledger, and per seller what is visible, by `updatedAt`.
/// Time is a parameter everywhere; it may stand still. Not thread-safe.
class OrderBook {
 public:
  explicit OrderBook(Ledger& ledger) : ledger_(ledger) {}

  /// Keeps version 1. It can be read from `visible_at` on.
  OrderRecord& Add(Order order, SysTime now, SysTime visible_at);
  /// Keeps the next version; it cannot be read before `visible_at`, nor before its predecessor.
  Result<const KeptVersion*> Update(OrderRecord& record, const Change& change, SysTime now, SysTime visible_at);
  /// Makes visible what is due. Call it before reading.
  void Settle(SysTime now);

  OrderRecord* Find(std::string_view order_id);
  /// Null when there is none, it is another seller's, or nothing of it is visible.
  OrderRecord* FindVisible(SellerId seller, std::string_view order_id);

  /// One page in the asked order. `skip_less` moves the page's start back by that many orders.
  std::vector<OrderRecord*> Page(SellerId seller, const OrderQuery& query, std::size_t skip_less = 0);
  std::size_t Count(SellerId seller, const OrderQuery& query);

  /// In the order of creation.
  std::deque<OrderRecord>& records() { return records_; }

 private:
  // The visible orders, in the order of their stamps. One that changes leaves an empty entry behind and gets a new one
  // at the end; empty ones are swept out when they are the larger part. So a change costs one push_back.
  struct Entry {
    std::int64_t updated;
    OrderRecord* record;  // Null: empty.
  };
  struct Shelf {
    std::vector<Entry> entries;
    std::size_t empty = 0;
  };

  /// Writes the record's next version, `order`, into the ledger.
  std::uint64_t Keep(OrderRecord& record, const Order& order, SysTime now, SysTime visible_at);
  /// Takes the record off its shelf and puts it where `record.order`, now its visible version, belongs.
  void Reveal(OrderRecord& record, std::uint64_t seq, std::uint32_t version);
  template <class Visit>
  void ForEachMatch(SellerId seller, const OrderQuery& query, Visit visit);

  Ledger& ledger_;
  std::deque<OrderRecord> records_;
  std::unordered_map<std::string, OrderRecord*> by_id_;
  std::unordered_map<SellerId, Shelf> shelves_;
  std::multimap<SysTime, OrderRecord*> due_;
};

}  // namespace cdiscount::simulator
