#include "simulator/api/routes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/time_text.hpp"

namespace cdiscount::simulator {
namespace {

constexpr std::string_view kDeliveryModes =
    R"({"count":2,"items":[{"code":"TRK","name":"Envoi Suivi","delivery_delay":0,"is_express_delivery":false,)"
    R"("more_than30_kg_product":false},{"code":"REG","name":"Recommandé","delivery_delay":0,)"
    R"("is_express_delivery":false,"more_than30_kg_product":false}]})";

std::optional<SellerId> ParseSellerId(std::string_view text) {
  SellerId id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc{} || end != text.data() + text.size() || id <= 0) return std::nullopt;
  return id;
}

std::string Lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool Accepts(std::string_view header) {
  const auto accept = Lower(header);
  return accept.find("application/json") != std::string_view::npos || accept.find("*/*") != std::string_view::npos ||
         accept.find("application/*") != std::string_view::npos;
}

std::string JoinQuery(const std::vector<std::pair<std::string, std::string>>& query) {
  return query.empty() ? std::string{} : http::EncodeQuery(query);
}

}  // namespace

bool IsMediaType(std::string_view header, std::string_view type) {
  auto name = Lower(header.substr(0, header.find(';')));
  while (name.ends_with(' ') || name.ends_with('\t')) name.pop_back();
  return name == type;
}

const std::vector<std::string_view>& OctopiaRoutes::RouteNames() {
  static const std::vector<std::string_view> names = {
      "token",       "orders.list", "orders.count",           "orders.get", "orders.approve",
      "orders.ship", "sellers.get", "sellers.delivery_modes", "carriers"};
  return names;
}

std::pair<std::string_view, std::string> OctopiaRoutes::Match(const http::ServerRequest& request) {
  std::string_view path = request.path;
  if (path == kTokenPath) return {"token", ""};
  if (!path.starts_with(kBasePath)) return {};
  path.remove_prefix(kBasePath.size());
  const bool get = request.method == "GET", post = request.method == "POST";
  if (get && path == "/orders") return {"orders.list", ""};
  if (get && path == "/orders/count") return {"orders.count", ""};
  if (get && path == "/sellers") return {"sellers.get", ""};
  if (get && path == "/sellers/delivery-modes") return {"sellers.delivery_modes", ""};
  if (get && path == "/carriers") return {"carriers", ""};
  if (!path.starts_with("/orders/")) return {};
  path.remove_prefix(8);
  const auto slash = path.find('/');
  const std::string id{path.substr(0, slash)};
  if (id.empty()) return {};
  if (slash == std::string_view::npos)
    return get ? std::pair{std::string_view{"orders.get"}, id} : std::pair{std::string_view{}, id};
  const auto rest = path.substr(slash);
  if (post && rest == "/approval-status") return {"orders.approve", id};
  if (post && rest == "/shipments") return {"orders.ship", id};
  return {};
}

const Fault* OctopiaRoutes::Fire(Call& call, FaultKind kind, std::optional<FaultMoment> moment) {
  if (faults_.empty()) return nullptr;
  const std::string_view client =
      call.client ? std::string_view{call.client->id} : std::string_view{call.claimed_client};
  const auto* fault = faults_.Fire(kind, {call.route, call.seller_header, client}, moment);
  if (fault) call.told.faults.emplace_back(ToText(kind));
  return fault;
}

std::optional<http::ServerResponse> OctopiaRoutes::FaultBody(Call& call, FaultMoment moment) {
  if (const auto* fault = Fire(call, FaultKind::k429, moment)) {
    auto response = GatewayError(429, fmt::format("Rate limit is exceeded. Try again in {} seconds.", fault->seconds));
    if (fault->seconds > 0) response.headers.Set("Retry-After", std::to_string(fault->seconds));
    return response;
  }
  if (const auto* fault = Fire(call, FaultKind::kQuota403, moment)) {
    return QuotaExceeded(std::chrono::seconds{fault->seconds}, world_.limits.retry_after_on_quota);
  }
  if (Fire(call, FaultKind::k500, moment)) {
    return Problem(500, "An error occurred while processing your request.", call.request.path);
  }
  if (Fire(call, FaultKind::k502Html, moment)) {
    http::ServerResponse response;
    response.status = 502;
    response.headers.Set("Content-Type", "text/html");
    response.body =
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
        "</center>\r\n</body>\r\n</html>\r\n";
    return response;
  }
  if (const auto* fault = Fire(call, FaultKind::kEmptyBody, moment)) {
    http::ServerResponse response;
    response.status = fault->status;
    return response;
  }
  if (const auto* fault = Fire(call, FaultKind::kBody, moment)) {
    http::ServerResponse response;
    response.status = fault->status;
    response.headers.Set("Content-Type", fault->content_type);
    response.body = fault->body;
    return response;
  }
  return std::nullopt;
}

void OctopiaRoutes::FaultDelivery(Call& call, Answer& answer) {
  auto& response = answer.response;
  const auto* malformed = Fire(call, FaultKind::kMalformedJson, FaultMoment::kAfter);
  if (malformed && !malformed->item) response.body.resize(response.body.size() / 2);
  if (const auto* slow = Fire(call, FaultKind::kSlow)) answer.delay = std::chrono::milliseconds{slow->ms};
  if (Fire(call, FaultKind::kCutMiddle)) response.delivery = http::Delivery::kCloseInTheMiddle;
  if (Fire(call, FaultKind::kCutConnection)) response.delivery = http::Delivery::kCloseWithoutAnswer;
}

Answer OctopiaRoutes::Handle(const http::ServerRequest& request, SysTime now) {
  world_.Settle(now);
  auto [route, order_id] = Match(request);
  Call call{.request = request,
            .now = now,
            .id = world_.ledger().OpenCall(),
            .route = route,
            .order_id = std::move(order_id)};
  if (const auto header = request.headers.Get("SellerId")) call.seller_header = ParseSellerId(*header);
  const auto authorization = request.headers.Get("Authorization").value_or("");
  if (Lower(authorization.substr(0, 7)) == "bearer ")
    call.client = world_.credentials().Authenticate(authorization.substr(7), now);

  if (call.route == "token") call.claimed_client = FormField(request.body, "client_id");

  Answer answer;
  if (auto instead = FaultBody(call, FaultMoment::kBefore)) {
    answer.response = std::move(*instead);
  } else {
    answer.response = Dispatch(call);
    if (auto after = FaultBody(call, FaultMoment::kAfter)) {
      answer.response = std::move(*after);
      call.shows.clear();
    }
  }
  if (Fire(call, FaultKind::kBom)) answer.response.body.insert(0, "\xEF\xBB\xBF");
  const auto whole_size = answer.response.body.size();
  FaultDelivery(call, answer);
  auto date = now + world_.choices.date_skew;
  if (const auto* wrong = Fire(call, FaultKind::kWrongDate)) {
    date = wrong->date.value_or(date + std::chrono::milliseconds{wrong->ms});
  }
  answer.response.headers.Set("Date", FormatHttpDate(date));

  const bool cut = answer.response.delivery != http::Delivery::kComplete;
  const bool whole = !cut && answer.response.body.size() == whole_size;
  call.told.id = call.id;
  call.told.at = now;
  call.told.method = request.method;
  call.told.path = request.path;
  call.told.query = JoinQuery(request.query);
  call.told.client_id = call.client ? call.client->id : call.claimed_client;
  call.told.seller = call.seller_header;
  call.told.status = cut ? 0 : answer.response.status;
  if (whole) {
    for (const auto& [seq, altered] : call.shows) {
      world_.ledger().Show(seq, call.told.client_id, call.id, now, altered);
    }
    call.told.orders_shown = call.shows.size();
  }
  world_.ledger().Tell(std::move(call.told));
  return answer;
}

http::ServerResponse OctopiaRoutes::Dispatch(Call& call) {
  if (call.route.empty()) return GatewayError(404, "Resource not found");
  if (call.route == "token") return Token(call);
  if (auto refused = Authorise(call)) return std::move(*refused);
  if (call.route == "orders.list") return ListOrders(call);
  if (call.route == "orders.count") return CountOrders(call);
  if (call.route == "orders.get") return GetOrder(call);
  if (call.route == "orders.approve") return Approve(call);
  if (call.route == "orders.ship") return Ship(call);
  if (call.route == "sellers.get") return GetSeller(call);
  if (call.route == "carriers") return JsonAnswer(200, std::string{CarriersJson()});
  return JsonAnswer(200, std::string{kDeliveryModes});
}

std::optional<http::ServerResponse> OctopiaRoutes::Authorise(Call& call) {
  const auto& headers = call.request.headers;
  const bool refuse = call.client && Fire(call, FaultKind::k401Once);
  if (refuse) world_.credentials().Revoke(headers.Get("Authorization").value_or("").substr(7));
  if (!call.client || refuse) {
    auto response = GatewayError(401, "Unauthorized. Access token is missing or invalid.");
    response.headers.Set("WWW-Authenticate", "Bearer");
    return response;
  }
  const auto& limits = world_.limits;
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
  call.seller = world_.FindSeller(*call.seller_header);
  if (!call.seller && call.route == "sellers.get") {
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

}  // namespace cdiscount::simulator
