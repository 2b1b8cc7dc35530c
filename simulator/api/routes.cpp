#include "simulator/api/routes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <charconv>

#include "core/time_text.hpp"
#include "core/trimmed.hpp"
#include "simulator/api/call.hpp"
#include "simulator/api/path_pattern.hpp"

namespace cdiscount::simulator {
namespace {

using enum FaultKind;
constexpr auto kAnswer = KindsOf({k429, kQuota403, k500, k502Html, kEmptyBody, kBody, kSlow, kCutConnection, kCutMiddle,
                                  kMalformedJson, kBom, kWrongDate});
constexpr auto kToken = KindsOf({k401Once});
constexpr auto kOrder = KindsOf({kUnknownEnum, kUnknownFields, kNullFields, kAbsentFields});
constexpr auto kList =
    KindsOf({kUnsortedPage, kIgnoreSort, kPageShift, kLateOrder, kSameOrderOnTwoPages, kPageSizeCap, kClampedIndex});

http::ServerResponse UnknownPath(Call&) {
  return GatewayError(404, "Resource not found");
}

// The first row that fits answers. A known path with another verb is as unknown as any other
// (docs/marketplace.md#errors).
constexpr Route kRoutes[] = {
    // name, verb, path, needs a token, faults, handler
    {"token", "*", kTokenPath, false, kAnswer, RequestToken},
    {"orders.list", "GET", "/seller/v2/orders", true, kAnswer | kToken | kOrder | kList, ListOrders},
    {"orders.count", "GET", "/seller/v2/orders/count", true, kAnswer | kToken, CountOrders},
    {"orders.get", "GET", "/seller/v2/orders/{id}", true, kAnswer | kToken | kOrder, GetOrder},
    {"orders.approve", "POST", "/seller/v2/orders/{id}/approval-status", true, kAnswer | kToken, ApproveOrder},
    {"orders.ship", "POST", "/seller/v2/orders/{id}/shipments", true, kAnswer | kToken, ShipOrder},
    {"sellers.get", "GET", "/seller/v2/sellers", true, kAnswer | kToken, GetSeller},
    {"sellers.delivery_modes", "GET", "/seller/v2/sellers/delivery-modes", true, kAnswer | kToken, GetDeliveryModes},
    {"carriers", "GET", "/seller/v2/carriers", true, kAnswer | kToken, GetCarriers},
    {"", "*", "*", false, kAnswer, UnknownPath},
};

constexpr std::string_view kBadGateway =
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
    "</center>\r\n</body>\r\n</html>\r\n";

void FindRoute(Call& call) {
  for (const auto& route : kRoutes) {
    std::string_view id;
    if (route.verb != "*" && route.verb != call.request.method) continue;
    if (route.pattern != "*" && !Fits(route.pattern, call.request.path, id)) continue;
    call.route = &route;
    call.order_id = id;
    return;
  }
}

std::optional<SellerId> ParseSellerId(std::string_view text) {
  SellerId id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc{} || end != text.data() + text.size() || id <= 0) return std::nullopt;
  return id;
}

bool Accepts(std::string_view header) {
  using boost::algorithm::icontains;
  return icontains(header, "application/json") || icontains(header, "*/*") || icontains(header, "application/*");
}

// The answer that a fault puts in the place of the true one.
std::optional<http::ServerResponse> FaultBody(Call& call, FaultMoment moment) {
  if (const auto* fault = call.Fire(k429, moment)) {
    auto response = GatewayError(429, fmt::format("Rate limit is exceeded. Try again in {} seconds.", fault->seconds));
    if (fault->seconds > 0) response.headers.Set("Retry-After", std::to_string(fault->seconds));
    return response;
  }
  if (const auto* fault = call.Fire(kQuota403, moment)) {
    return QuotaExceeded(std::chrono::seconds{fault->seconds}, call.world.limits.retry_after_on_quota);
  }
  if (call.Fire(k500, moment)) {
    return Problem(500, "An error occurred while processing your request.", call.request.path);
  }
  if (call.Fire(k502Html, moment)) {
    return {{.status = 502, .headers = {{"Content-Type", "text/html"}}, .body = std::string{kBadGateway}}};
  }
  if (const auto* fault = call.Fire(kEmptyBody, moment)) {
    return {{.status = fault->status}};
  }
  if (const auto* fault = call.Fire(kBody, moment)) {
    return {{.status = fault->status, .headers = {{"Content-Type", fault->content_type}}, .body = fault->body}};
  }
  return std::nullopt;
}

// Finds the caller, the seller and the call quota; gives an answer when the call ends here.
std::optional<http::ServerResponse> Authorise(Call& call) {
  const auto& headers = call.request.headers;
  const bool refuse = call.client && call.Fire(k401Once);
  if (refuse) call.world.credentials().Revoke(headers.Get("Authorization").value_or("").substr(7));
  if (!call.client || refuse) {
    auto response = GatewayError(401, "Unauthorized. Access token is missing or invalid.");
    response.headers.Set("WWW-Authenticate", "Bearer");
    return response;
  }
  const auto& limits = call.world.limits;
  if (const auto wait = call.client->calls.Take(limits.calls_per_window, limits.call_window, call.now)) {
    return QuotaExceeded(*wait, limits.retry_after_on_quota);
  }
  const auto& path = call.request.path;
  if (const auto accept = headers.Get("Accept"); accept && !Accepts(*accept)) {
    return Problem(406, fmt::format("The media type '{}' cannot be produced.", *accept), path);
  }
  const auto seller_id = headers.Get("SellerId");
  if (!seller_id)
    return Problem(400, "The SellerId header is required.", path, {{"SellerId", "The SellerId field is required."}});
  if (!call.seller_header) {
    return Problem(400, "The SellerId header is no number.", path,
                   {{"SellerId", fmt::format("The value '{}' is not valid.", *seller_id)}});
  }
  call.seller = call.world.FindSeller(*call.seller_header);
  if (!call.seller && call.route->name == "sellers.get") {
    return Problem(404, fmt::format("The seller {} does not exist.", *call.seller_header), path);
  }
  if (!call.seller || !call.client->sellers.contains(*call.seller_header)) {
    return Problem(403, fmt::format("The client has no access to the seller {}.", *call.seller_header), path);
  }
  if (call.request.method == "POST") {
    const auto type = headers.Get("Content-Type").value_or("");
    if (!IsMediaType(type, "application/json")) {
      return Problem(415, fmt::format("The content type '{}' is not supported.", type), path);
    }
  }
  return std::nullopt;
}

// Applies faults to an answer that is written. Returns true when the client can read all of it.
bool FaultDelivery(Call& call, Answer& answer) {
  auto& response = answer.response;
  if (call.Fire(kBom)) response.body.insert(0, "\xEF\xBB\xBF");
  const auto whole_size = response.body.size();
  const auto* malformed = call.Fire(kMalformedJson, FaultMoment::kAfter);
  if (malformed && !malformed->item) response.body.resize(whole_size / 2);
  if (const auto* slow = call.Fire(kSlow)) answer.delay = std::chrono::milliseconds{slow->ms};
  if (call.Fire(kCutMiddle)) response.delivery = http::Delivery::kCloseInTheMiddle;
  if (call.Fire(kCutConnection)) response.delivery = http::Delivery::kCloseWithoutAnswer;
  auto date = call.now + call.world.choices.date_skew;
  if (const auto* wrong = call.Fire(kWrongDate))
    date = wrong->date.value_or(date + std::chrono::milliseconds{wrong->ms});
  response.headers.Set("Date", FormatHttpDate(date));
  return response.delivery == http::Delivery::kComplete && response.body.size() == whole_size;
}

void WriteDown(Call& call, const http::ServerResponse& response, bool whole) {
  auto& ledger = call.world.ledger();
  auto& told = call.told;
  told.id = call.id;
  told.at = call.now;
  told.method = call.request.method;
  told.path = call.request.path;
  told.query = http::EncodeQuery(call.request.query);
  told.client_id = call.client ? call.client->id : call.claimed_client;
  told.seller = call.seller_header;
  told.status = response.delivery == http::Delivery::kComplete ? response.status : 0;
  if (whole) {
    for (const auto& [seq, altered] : call.shows) ledger.Show(seq, told.client_id, call.id, call.now, altered);
    told.orders_shown = call.shows.size();
  }
  ledger.Tell(std::move(told));
}

}  // namespace

bool IsMediaType(std::string_view header, std::string_view type) {
  return http::EqualsIgnoringCase(Trimmed(header.substr(0, header.find(';'))), type);
}

bool IsRoutePattern(std::string_view pattern) {
  return std::any_of(std::begin(kRoutes), std::end(kRoutes),
                     [&](const Route& route) { return !route.name.empty() && RouteMatches(pattern, route.name); });
}

bool CanStrike(FaultKind kind, std::string_view pattern) {
  return std::any_of(std::begin(kRoutes), std::end(kRoutes), [&](const Route& route) {
    return RouteMatches(pattern, route.name) && Contains(route.faults, kind);
  });
}

const Fault* Call::Fire(FaultKind kind, std::optional<FaultMoment> moment) {
  if (faults.empty() || !Contains(route->faults, kind)) return nullptr;
  const auto* fault = faults.Fire(kind, {route->name, seller_header, client ? client->id : claimed_client}, moment);
  if (fault) told.faults.emplace_back(ToText(kind));
  return fault;
}

Answer OctopiaRoutes::Handle(const http::ServerRequest& request, SysTime now) {
  world_.Settle(now);
  Call call{.world = world_, .faults = faults_, .request = request, .now = now, .id = world_.ledger().OpenCall()};
  FindRoute(call);
  if (const auto header = request.headers.Get("SellerId")) call.seller_header = ParseSellerId(*header);
  const auto authorization = request.headers.Get("Authorization").value_or("");
  if (http::EqualsIgnoringCase(authorization.substr(0, 7), "bearer ")) {
    call.client = world_.credentials().Authenticate(authorization.substr(7), now);
  }
  if (call.route->handler == RequestToken) call.claimed_client = FormField(request.body, "client_id");

  Answer answer;
  if (auto instead = FaultBody(call, FaultMoment::kBefore)) {
    answer.response = std::move(*instead);
  } else {
    auto refused = call.route->needs_token ? Authorise(call) : std::nullopt;
    answer.response = refused ? std::move(*refused) : call.route->handler(call);
    if (auto after = FaultBody(call, FaultMoment::kAfter)) {
      answer.response = std::move(*after);
      call.shows.clear();
    }
  }
  const bool whole = FaultDelivery(call, answer);
  WriteDown(call, answer.response, whole);
  return answer;
}

}  // namespace cdiscount::simulator
