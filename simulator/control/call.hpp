#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/server.hpp"
#include "simulator/api/faults.hpp"
#include "simulator/control/fields.hpp"
#include "simulator/world/generator.hpp"
#include "simulator/world/simulated_clock.hpp"
#include "simulator/world/world.hpp"

namespace cdiscount::simulator {

/// One request to the control API.
struct ControlCall {
  World& world;
  Faults& faults;
  Generator& generator;
  SimulatedClock& clock;
  const http::ServerRequest& request;
  std::string id;  ///< From the path.
  Fields fields;   ///< From the body.

  SysTime now() const { return clock.Now(); }
  /// Rejects `field` when one of these sellers is not there.
  void RequireSellers(std::string_view field, const std::vector<SellerId>& sellers);
};

/// The answer of a handler: a document, or an error with its status (400, 404 or 409).
struct ControlReply {
  ControlReply(Json document, int code = 200) : status(code), body(std::move(document)) {}
  ControlReply(const Error& error);

  int status;
  Json body;
};

inline constexpr std::int64_t kYear = 366LL * 86'400'000;  // ms

/// The version as the ledger's lists show it.
Json VersionJson(const KeptVersion& version);
/// "there is no {what} {id}".
Error NotThere(std::string_view what, std::string_view id, std::string field);

// The handlers, by file.
ControlReply GetHealth(ControlCall&);  // settings.cpp
ControlReply GetClock(ControlCall&);
ControlReply SetClock(ControlCall&);
ControlReply GetConfig(ControlCall&);
ControlReply SetConfig(ControlCall&);
ControlReply GetGenerator(ControlCall&);
ControlReply StartGenerator(ControlCall&);
ControlReply StopGenerator(ControlCall&);
ControlReply Burst(ControlCall&);
ControlReply SeedWorld(ControlCall&);  // world.cpp
ControlReply ListSellers(ControlCall&);
ControlReply SetSeller(ControlCall&);
ControlReply ListClients(ControlCall&);
ControlReply SetClient(ControlCall&);
ControlReply RotateSecret(ControlCall&);
ControlReply LinkSeller(ControlCall&);
ControlReply UnlinkSeller(ControlCall&);
ControlReply CreateOrders(ControlCall&);  // orders.cpp
ControlReply ShowOrder(ControlCall&);
ControlReply ChangeOrder(ControlCall&);
ControlReply ChangeOrders(ControlCall&);
ControlReply SetOddity(ControlCall&);
ControlReply SetBusy(ControlCall&);
ControlReply ListFaults(ControlCall&);  // faults.cpp
ControlReply AddFault(ControlCall&);
ControlReply ClearFaults(ControlCall&);
ControlReply RemoveFault(ControlCall&);
ControlReply ListVersions(ControlCall&);  // ledger.cpp
ControlReply ListShown(ControlCall&);
ControlReply ListLastVersions(ControlCall&);
ControlReply ListCalls(ControlCall&);
ControlReply GetTotals(ControlCall&);

}  // namespace cdiscount::simulator
