#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "simulator/world/world.hpp"

namespace cdiscount::simulator {

/// Sellers, client ids and a past.
struct SeedPlan {
  std::uint64_t seed = 1;
  std::uint64_t sellers = 1;
  SellerId first_seller = 98979;                 ///< The portal's own example of a seller id; the others follow it.
  std::uint64_t clients = 1;                     ///< The sellers are dealt out to them.
  std::uint64_t orders = 0;                      ///< Dealt out to the sellers.
  std::chrono::seconds since{86400};             ///< The orders' stamps are spread over this long until now.
  std::uint32_t manual_acceptance_percent = 30;  ///< Of the sellers.
  /// How often each state is drawn; empty = all nine, most of them InPreparation, Shipped or Delivered.
  std::vector<std::pair<OrderStatus, std::uint32_t>> states = {};
};

/// Adds to the world what the plan says. Sellers and client ids that exist are kept as they are; links are added.
/// Gives the client ids.
std::vector<std::string> Seed(World& world, const SeedPlan& plan, SysTime now);

}  // namespace cdiscount::simulator
