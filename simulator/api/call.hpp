#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/server.hpp"
#include "simulator/api/answers.hpp"
#include "simulator/api/faults.hpp"
#include "simulator/world/world.hpp"

namespace cdiscount::simulator {

struct Call;

/// One row of the table of routes (routes.cpp).
struct Route {
  std::string_view name;     ///< For faults; empty = of a path that the API does not know.
  std::string_view verb;     ///< "*" = any.
  std::string_view pattern;  ///< Of the path, with "{id}" for one segment; "*" = any.
  bool needs_token;          ///< And the SellerId header, within the call quota.
  FaultKinds faults;         ///< The kinds that can strike it.
  http::ServerResponse (*handler)(Call& call);
};

/// One request on its way through the API.
struct Call {
  World& world;
  Faults& faults;
  const http::ServerRequest& request;
  SysTime now;
  std::uint64_t id;  ///< In the ledger.
  const Route* route = nullptr;
  std::string order_id = {};  ///< From the path.
  std::optional<SellerId> seller_header = std::nullopt;
  std::string claimed_client = {};  ///< As a token request says, before its secret is checked.
  Client* client = nullptr;
  Seller* seller = nullptr;
  ToldCall told = {};
  std::vector<std::pair<std::uint64_t, bool>> shows = {};  ///< Seq of a version, altered.

  /// The first fault of this kind that strikes this call now; counted, and written into the ledger.
  const Fault* Fire(FaultKind kind, std::optional<FaultMoment> moment = std::nullopt);
  /// The visible version of the order that the path names; null when this seller has none.
  OrderRecord* FindOrder() { return world.orders().FindVisible(seller->id, order_id); }
};

// The handlers, by file.
http::ServerResponse RequestToken(Call& call);      // token.cpp
http::ServerResponse ListOrders(Call& call);        // orders.cpp
http::ServerResponse CountOrders(Call& call);       //
http::ServerResponse GetOrder(Call& call);          //
http::ServerResponse ApproveOrder(Call& call);      // effects.cpp
http::ServerResponse ShipOrder(Call& call);         //
http::ServerResponse GetSeller(Call& call);         // sellers.cpp
http::ServerResponse GetDeliveryModes(Call& call);  //
http::ServerResponse GetCarriers(Call& call);       //

http::ServerResponse OrderNotFound(const Call& call);

/// True when `name` is the label of a carrier of the list.
bool IsCarrierLabel(std::string_view name);
/// True when a Content-Type names this media type, whatever its case and parameters.
bool IsMediaType(std::string_view header, std::string_view type);
/// The first value under this name in a form; empty when there is none.
std::string FormField(std::string_view form, std::string_view name);

}  // namespace cdiscount::simulator
