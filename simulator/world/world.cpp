#include "simulator/world/world.hpp"

#include <fmt/core.h>

namespace cdiscount::simulator {

World::World(std::uint64_t seed, std::size_t reads_kept)
    : credentials_(seed * 2 + 1), ledger_(reads_kept), book_(ledger_), factory_(seed) {}

Seller& World::AddSeller(SellerId id, SysTime now) {
  const auto [found, added] = sellers_.try_emplace(id);
  if (added) {
    found->second.id = id;
    found->second.shop_name = fmt::format("Boutique {}", id);
    found->second.created_at = now - std::chrono::days{400};
  }
  return found->second;
}

Seller* World::FindSeller(SellerId id) {
  const auto found = sellers_.find(id);
  return found == sellers_.end() ? nullptr : &found->second;
}

OrderRecord& World::CreateOrder(const OrderWish& wish, SysTime now, Timing timing) {
  const auto* seller = FindSeller(wish.seller);
  auto order = factory_.Make(wish, seller && seller->auto_accept_order, now - timing.late_by);
  return book_.Add(std::move(order), now, now + timing.visible_after);
}

Result<const KeptVersion*> World::ChangeOrder(std::string_view order_id, const Change& change, SysTime now,
                                              std::chrono::milliseconds visible_after) {
  auto* record = book_.Find(order_id);
  if (!record) return Error{ErrorCode::kNotFound, fmt::format("there is no order {}", order_id), {}, "order_id"};
  return book_.Update(*record, change, now, now + visible_after);
}

Change World::NextChange(const Order& order) {
  const auto& lines = order.lines();
  for (std::size_t i = 0; i < lines.size(); ++i) {  // a cancellation that was asked for comes about in the end
    if (LineStatus(lines[i]) == OrderStatus::kCancelRequest && factory_.Chance(30)) return {.cancel_line = i};
  }
  const auto status = order.status();
  const auto* seller = FindSeller(order.seller());
  const auto next = NextOnMainPath(status, seller && seller->auto_accept_order);
  if (!next) return {.add_fee_minor = static_cast<std::int64_t>(1 + factory_.Below(200))};
  // Some leave the main path, some stay and cost a little more, some lose a line.
  const auto drawn = factory_.Below(100);
  if (drawn < 4) return {.status = OrderStatus::kCancelled};
  if (drawn < 7 && MayMove(status, OrderStatus::kRefused)) return {.status = OrderStatus::kRefused};
  if (drawn < 9 && MayMove(status, OrderStatus::kRejected)) return {.status = OrderStatus::kRejected};
  if (drawn < 13) return {.add_fee_minor = static_cast<std::int64_t>(1 + factory_.Below(200))};
  if (drawn < 18 && lines.size() > 1 && !IsFinal(LineStatus(lines.back()))) return {.cancel_line = lines.size() - 1};
  return {.status = next};
}

Result<const KeptVersion*> World::Accept(std::string_view order_id, SysTime now) {
  auto accepted = ChangeOrder(order_id, {.status = OrderStatus::kAccepted}, now);
  if (accepted) accepted_.emplace(now + choices.acceptance_delay, std::string{order_id});
  return accepted;
}

void World::Settle(SysTime now) {
  while (!accepted_.empty() && accepted_.begin()->first <= now) {
    const auto [when, order_id] = *accepted_.begin();
    accepted_.erase(accepted_.begin());
    // Refused when the order was cancelled meanwhile: then nothing is left to do.
    static_cast<void>(ChangeOrder(order_id, {.status = OrderStatus::kInPreparation}, when));
  }
  for (auto& [order_id, busy] : busy_) {
    if (busy.next > now) continue;
    static_cast<void>(ChangeOrder(order_id, {.add_fee_minor = 1}, now));
    busy.next = now + busy.every;
  }
  book_.Settle(now);
}

void World::KeepBusy(std::string_view order_id, std::chrono::milliseconds every, SysTime now) {
  if (every.count() > 0) {
    busy_.insert_or_assign(std::string{order_id}, Busy{every, now});
  } else if (const auto found = busy_.find(order_id); found != busy_.end()) {
    busy_.erase(found);
  }
}

}  // namespace cdiscount::simulator
