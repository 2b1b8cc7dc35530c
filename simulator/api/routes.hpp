#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "http/server.hpp"
#include "simulator/api/answers.hpp"
#include "simulator/api/faults.hpp"
#include "simulator/world/world.hpp"

namespace cdiscount::simulator {

inline constexpr std::string_view kTokenPath = "/auth/realms/maas/protocol/openid-connect/token";
inline constexpr std::string_view kBasePath = "/seller/v2";

/// What the marketplace answers: the token realm and the seller API, over the world, with the faults asked for.
/// A pure function of world, faults, request and time; no sockets. Not thread-safe.
class OctopiaRoutes {
 public:
  OctopiaRoutes(World& world, Faults& faults) : world_(world), faults_(faults) {}

  /// Answers one request at the simulated instant `now`, and writes it into the ledger.
  Answer Handle(const http::ServerRequest& request, SysTime now);

  /// The names faults may use.
  static const std::vector<std::string_view>& RouteNames();

 private:
  struct Call {
    const http::ServerRequest& request;
    SysTime now;
    std::uint64_t id;
    std::string_view route;
    std::string order_id;  ///< From the path.
    std::optional<SellerId> seller_header = std::nullopt;
    std::string claimed_client = {};  ///< As a token request says, before its secret is looked at.
    Client* client = nullptr;
    Seller* seller = nullptr;
    ToldCall told = {};
    std::vector<std::pair<std::uint64_t, bool>> shows = {};  ///< Seq of a version, altered.
  };

  /// The route's name, and the order id from the path; empty when there is none.
  static std::pair<std::string_view, std::string> Match(const http::ServerRequest& request);

  const Fault* Fire(Call& call, FaultKind kind, std::optional<FaultMoment> moment = std::nullopt);
  std::optional<http::ServerResponse> FaultBody(Call& call, FaultMoment moment);
  void FaultDelivery(Call& call, Answer& answer);
  http::ServerResponse Dispatch(Call& call);
  /// Who calls, for which seller, within which quota; an answer when the call ends here.
  std::optional<http::ServerResponse> Authorise(Call& call);

  http::ServerResponse Token(Call& call);
  http::ServerResponse ListOrders(Call& call);
  http::ServerResponse CountOrders(Call& call);
  http::ServerResponse GetOrder(Call& call);
  http::ServerResponse GetSeller(Call& call);
  http::ServerResponse Approve(Call& call);
  http::ServerResponse Ship(Call& call);

  void AppendOrder(Call& call, OrderRecord& record, const Oddity& oddity, std::string& out);
  Oddity FaultOddity(Call& call);

  World& world_;
  Faults& faults_;
};

/// True when a Content-Type names this media type, whatever its case and parameters. Source: octopia-rest-v2.md, 9
/// row 23.
bool IsMediaType(std::string_view header, std::string_view type);

/// The first value under this name in a form; empty when there is none.
std::string FormField(std::string_view form, std::string_view name);

/// The 66 carriers as measured, one label with a trailing space (octopia-rest-v2.md, 5.4): a bare array.
std::string_view CarriersJson();
/// True when `name` is one of their labels.
bool IsCarrierLabel(std::string_view name);

}  // namespace cdiscount::simulator
