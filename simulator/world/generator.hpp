#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "simulator/world/world.hpp"

namespace cdiscount::simulator {

/// The generator's work until it is stopped.
struct GeneratorPlan {
  double orders_per_s = 0;
  double changes_per_s = 0;
  std::vector<SellerId> sellers = {};  ///< Empty = all.
  bool only_shown = false;             ///< Change an order only when its last version was shown.
};

/// Makes orders and status changes at a rate, evenly over the sellers. Not thread-safe.
class Generator {
 public:
  struct Made {
    std::uint64_t orders = 0;
    std::uint64_t changes = 0;
  };

  explicit Generator(World& world, std::uint64_t seed = 1) : world_(world), random_(seed) {}

  void Start(GeneratorPlan plan, std::uint64_t seed);
  void Stop() { plan_.reset(); }
  const std::optional<GeneratorPlan>& plan() const { return plan_; }
  /// Since Start, and before.
  const Made& made() const { return made_; }

  /// Makes the orders and changes that fell due in `elapsed`. Rates are of real time, whatever the simulated clock
  /// does.
  void Tick(std::chrono::nanoseconds elapsed, SysTime now);
  /// Makes so many at once. Fewer changes are made when no order can change any more.
  Made Burst(std::uint64_t orders, std::uint64_t changes, const std::vector<SellerId>& sellers, SysTime now);

 private:
  bool MakeOrder(const std::vector<SellerId>& sellers, SysTime now);
  bool MakeChange(const std::vector<SellerId>& sellers, bool only_shown, std::size_t looks, SysTime now);
  void Collect();

  World& world_;
  std::mt19937_64 random_;
  std::optional<GeneratorPlan> plan_;
  double orders_due_ = 0, changes_due_ = 0;
  Made made_;
  std::vector<OrderRecord*> open_;  ///< Orders whose life goes on, as far as was looked.
  std::size_t collected_ = 0;
  std::vector<SellerId> all_sellers_;
};

}  // namespace cdiscount::simulator
