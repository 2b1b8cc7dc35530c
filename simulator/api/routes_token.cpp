#include <fmt/core.h>

#include "simulator/api/routes.hpp"

namespace cdiscount::simulator {

std::string FormField(std::string_view form, std::string_view name) {
  for (auto& [key, value] : http::DecodeQuery(form)) {
    if (key == name) return std::move(value);
  }
  return {};
}

// Source: octopia-rest-v2.md, 1.1. The answer beyond the hourly number of tokens is not known; 429 is our choice.
http::ServerResponse OctopiaRoutes::Token(Call& call) {
  const auto& request = call.request;
  if (request.method != "POST") return RealmError(405, "HTTP 405 Method Not Allowed", "");
  const auto type = request.headers.Get("Content-Type").value_or("");
  if (!IsMediaType(type, "application/x-www-form-urlencoded"))
    return RealmError(415, "HTTP 415 Unsupported Media Type", "");

  const auto grant = FormField(request.body, "grant_type");
  if (grant.empty()) return RealmError(400, "invalid_request", "Missing form parameter: grant_type");
  if (grant != "client_credentials") return RealmError(400, "unsupported_grant_type", "Unsupported grant_type");
  auto* client = world_.credentials().Find(FormField(request.body, "client_id"));
  if (!client || client->secret.Reveal() != FormField(request.body, "client_secret")) {
    return RealmError(401, "invalid_client", "Invalid client or Invalid client credentials");
  }
  call.client = client;
  const auto& limits = world_.limits;
  if (const auto wait = client->tokens.Take(limits.tokens_per_hour, std::chrono::hours{1}, call.now)) {
    auto response = RealmError(429, "too_many_requests", "The number of tokens per hour is used up");
    response.headers.Set("Retry-After", std::to_string(wait->count()));
    return response;
  }
  const auto token = world_.credentials().Issue(*client, limits.token_lifetime, call.now);
  auto response =
      JsonAnswer(200, fmt::format(R"({{"access_token":"{}","expires_in":{},"refresh_expires_in":0,)"
                                  R"("token_type":"Bearer","not-before-policy":0,"scope":"profile email"}})",
                                  token, limits.token_lifetime.count()));
  response.headers.Set("Content-Type", "application/json");
  response.headers.Set("Cache-Control", "no-store");
  return response;
}

}  // namespace cdiscount::simulator
