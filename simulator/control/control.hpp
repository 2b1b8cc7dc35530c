#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
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
  using Request = http::ServerRequest;
  using Response = Result<http::ServerResponse>;
  using Path = std::vector<std::string_view>;  ///< Segments behind /control/.

  Response Dispatch(const Request& request, const Path& path);

  Response Health();
  Response ClockRoute(const Request& request);
  Response ConfigRoute(const Request& request);
  Response GenerateRoute(const Request& request);
  Response BurstRoute(const Request& request);
  Response FaultsRoute(const Request& request, const Path& path);

  Response SeedRoute(const Request& request);
  Response SellersRoute(const Request& request);
  Response ClientsRoute(const Request& request, const Path& path);
  Response OrdersRoute(const Request& request, const Path& path);
  Response CreateOrders(const Request& request);
  Response ChangeOrder(const Request& request, std::string_view order_id);
  Response ChangeMany(const Request& request);
  Response SetOddity(const Request& request, std::string_view order_id);
  Response SetBusy(const Request& request, std::string_view order_id);

  Response LedgerRoute(const Request& request, const Path& path);
  Response Versions(const Request& request);
  Response Shown(const Request& request);
  Response Calls(const Request& request);
  Response LastVersions(const Request& request);
  Response Totals();

  World& world_;
  Faults& faults_;
  Generator& generator_;
  SimulatedClock& clock_;
};

}  // namespace cdiscount::simulator
