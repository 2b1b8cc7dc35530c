#include "simulator/world/seeding.hpp"

#include <fmt/core.h>

namespace cdiscount::simulator {
namespace {

using enum OrderStatus;
const std::vector<std::pair<OrderStatus, std::uint32_t>> kUsualStates = {
    {kProcessing, 5}, {kWaitingAcceptance, 8}, {kAccepted, 5},  {kRefused, 6}, {kInPreparation, 25},
    {kShipped, 22},   {kDelivered, 20},        {kCancelled, 6}, {kRejected, 3}};

OrderStatus Draw(const std::vector<std::pair<OrderStatus, std::uint32_t>>& states, OrderFactory& factory) {
  std::uint64_t sum = 0;
  for (const auto& [status, weight] : states) sum += weight;
  auto drawn = factory.Below(sum);
  for (const auto& [status, weight] : states) {
    if (drawn < weight) return status;
    drawn -= weight;
  }
  return states.back().first;
}

}  // namespace

std::vector<std::string> Seed(World& world, const SeedPlan& plan, SysTime now) {
  auto& factory = world.factory();
  factory.Restart(plan.seed);
  std::vector<std::string> client_ids;
  for (std::uint64_t i = 0; i < plan.clients; ++i) {
    const auto id = fmt::format("sim-client-{:04}", i + 1);
    if (!world.credentials().Find(id)) world.credentials().SetClient(id, world.credentials().NewSecret());
    client_ids.push_back(id);
  }
  for (std::uint64_t i = 0; i < plan.sellers; ++i) {
    const auto id = plan.first_seller + static_cast<SellerId>(i);
    const bool known = world.FindSeller(id) != nullptr;
    auto& seller = world.AddSeller(id, now);
    if (!known) seller.auto_accept_order = !factory.Chance(plan.manual_acceptance_percent);
    if (!client_ids.empty()) {
      world.credentials().Find(client_ids[i % client_ids.size()])->sellers.insert(id);
    }
  }
  // Oldest first, so that stamps and ids rise as they would have.
  const auto& states = plan.states.empty() ? kUsualStates : plan.states;
  std::uint64_t in_preparation = 0;
  const auto span = std::chrono::milliseconds{plan.since};
  for (std::uint64_t i = 0; plan.sellers > 0 && i < plan.orders; ++i) {
    const auto back = span - span * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(plan.orders);
    const auto seller = plan.first_seller + static_cast<SellerId>(factory.Below(plan.sellers));
    OrderWish wish{.seller = seller, .status = Draw(states, factory)};
    // One in thirty has a cancellation pending, asked for by each of the three in turn.
    if (wish.status == OrderStatus::kInPreparation && ++in_preparation % 30 == 0) {
      wish.cancel_request = static_cast<CancelInitiator>(in_preparation / 30 % 3);
    }
    world.CreateOrder(wish, now, {.late_by = back});
  }
  return client_ids;
}

}  // namespace cdiscount::simulator
