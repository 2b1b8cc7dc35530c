#pragma once

#include <string_view>

#include "core/clock.hpp"
#include "http/server.hpp"
#include "simulator/api/answers.hpp"
#include "simulator/api/faults.hpp"
#include "simulator/world/world.hpp"

namespace cdiscount::simulator {

inline constexpr std::string_view kTokenPath = "/auth/realms/maas/protocol/openid-connect/token";
inline constexpr std::string_view kBasePath = "/seller/v2";

/// The answers of the marketplace: the token realm and the seller API, over the world, with the faults asked for.
/// A pure function of world, faults, request and time; no sockets. Not thread-safe.
class OctopiaRoutes {
 public:
  OctopiaRoutes(World& world, Faults& faults) : world_(world), faults_(faults) {}

  /// Answers one request at the simulated instant `now`, and writes it into the ledger.
  Answer Handle(const http::ServerRequest& request, SysTime now);

 private:
  World& world_;
  Faults& faults_;
};

/// True when `pattern` ("orders.list", "orders.*", "*") names a route.
bool IsRoutePattern(std::string_view pattern);
/// True when a fault of this kind can strike one of the routes that `pattern` names.
bool CanStrike(FaultKind kind, std::string_view pattern);

}  // namespace cdiscount::simulator
