#include "simulator/world/generator.hpp"

#include <algorithm>
#include <utility>

namespace cdiscount::simulator {
namespace {

// Bounds the search for an order that may change; a change that finds none is not made.
constexpr std::size_t kLooks = 1000;

}  // namespace

void Generator::Start(GeneratorPlan plan, std::uint64_t seed) {
  plan_ = std::move(plan);
  random_.seed(seed);
  orders_due_ = changes_due_ = 0;
}

void Generator::Tick(std::chrono::nanoseconds elapsed, SysTime now) {
  if (!plan_) return;
  const double seconds = std::chrono::duration<double>(elapsed).count();
  orders_due_ += plan_->orders_per_s * seconds;
  changes_due_ += plan_->changes_per_s * seconds;
  for (; orders_due_ >= 1; --orders_due_) made_.orders += MakeOrder(plan_->sellers, now) ? 1 : 0;
  for (; changes_due_ >= 1; --changes_due_)
    made_.changes += MakeChange(plan_->sellers, plan_->only_shown, kLooks, now) ? 1 : 0;
}

Generator::Made Generator::Burst(std::uint64_t orders, std::uint64_t changes, const std::vector<SellerId>& sellers,
                                 SysTime now) {
  Made made;
  while (made.orders < orders && MakeOrder(sellers, now)) ++made.orders;
  Collect();
  while (made.changes < changes && MakeChange(sellers, false, 2 * open_.size(), now)) ++made.changes;
  made_.orders += made.orders;
  made_.changes += made.changes;
  return made;
}

bool Generator::MakeOrder(const std::vector<SellerId>& sellers, SysTime now) {
  if (all_sellers_.size() != world_.sellers().size()) {
    all_sellers_.clear();
    for (const auto& [id, seller] : world_.sellers()) all_sellers_.push_back(id);
  }
  const auto& among = sellers.empty() ? all_sellers_ : sellers;
  if (among.empty()) return false;
  world_.CreateOrder({.seller = among[random_() % among.size()]}, now);
  return true;
}

void Generator::Collect() {
  auto& records = world_.orders().records();
  for (; collected_ < records.size(); ++collected_) open_.push_back(&records[collected_]);
}

bool Generator::MakeChange(const std::vector<SellerId>& sellers, bool only_shown, std::size_t looks, SysTime now) {
  Collect();
  // Start anywhere and go round: a random order that may change, or, after so many looks, none.
  for (std::size_t at = open_.empty() ? 0 : random_() % open_.size(); looks > 0 && !open_.empty(); --looks) {
    if (at >= open_.size()) at = 0;
    auto& record = *open_[at];
    const auto& order = record.latest();
    if (!NextOnMainPath(order.status(), true)) {
      std::swap(open_[at], open_.back());
      open_.pop_back();
      continue;
    }
    ++at;
    if (!sellers.empty() && std::find(sellers.begin(), sellers.end(), record.seller) == sellers.end()) continue;
    if (only_shown && (!record.held_back.empty() || world_.ledger().version(record.visible_seq).shown_count == 0)) {
      continue;
    }
    if (world_.ChangeOrder(record.id(), world_.NextChange(order), now)) return true;
  }
  return false;
}

}  // namespace cdiscount::simulator
