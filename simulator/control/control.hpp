#pragma once

#include "http/server.hpp"
#include "simulator/api/faults.hpp"
#include "simulator/world/generator.hpp"
#include "simulator/world/simulated_clock.hpp"
#include "simulator/world/world.hpp"

namespace cdiscount::simulator {

/// The API for people and tests that steer the marketplace and read its ledger; README.md lists every route. JSON in
/// and out; wrong input gets 400 `{"error": ..., "field": ...}`. Not thread-safe.
class ControlRoutes {
 public:
  ControlRoutes(World& world, Faults& faults, Generator& generator, SimulatedClock& clock)
      : world_(world), faults_(faults), generator_(generator), clock_(clock) {}

  http::ServerResponse Handle(const http::ServerRequest& request);

 private:
  World& world_;
  Faults& faults_;
  Generator& generator_;
  SimulatedClock& clock_;
};

}  // namespace cdiscount::simulator
