#include <fmt/core.h>

#include "simulator/api/call.hpp"

namespace cdiscount::simulator {

std::string FormField(std::string_view form, std::string_view name) {
  for (auto& [key, value] : http::DecodeQuery(form)) {
    if (key == name) return std::move(value);
  }
  return {};
}

// docs/marketplace.md#tokens. The answer beyond the hourly number of tokens is not known; 429 is our choice.
http::ServerResponse RequestToken(Call& call) {
  const auto& request = call.request;
  if (request.method != "POST") return RealmError(405, "HTTP 405 Method Not Allowed", "");
  const auto type = request.headers.Get("Content-Type").value_or("");
  if (!IsMediaType(type, "application/x-www-form-urlencoded"))
    return RealmError(415, "HTTP 415 Unsupported Media Type", "");

  const auto grant = FormField(request.body, "grant_type");
  if (grant.empty()) return RealmError(400, "invalid_request", "Missing form parameter: grant_type");
  if (grant != "client_credentials") return RealmError(400, "unsupported_grant_type", "Unsupported grant_type");
  auto* client = call.world.credentials().Find(FormField(request.body, "client_id"));
  if (!client || client->secret.Reveal() != FormField(request.body, "client_secret")) {
    return RealmError(401, "invalid_client", "Invalid client or Invalid client credentials");
  }
  call.client = client;
  const auto& limits = call.world.limits;
  if (const auto wait = client->tokens.Take(limits.tokens_per_hour, std::chrono::hours{1}, call.now)) {
    auto response = RealmError(429, "too_many_requests", "The number of tokens per hour is used up");
    response.headers.Set("Retry-After", std::to_string(wait->count()));
    return response;
  }
  const auto token = call.world.credentials().Issue(*client, limits.token_lifetime, call.now);
  auto response = RealmAnswer(200, Object({{"access_token", token},
                                           {"expires_in", limits.token_lifetime.count()},
                                           {"refresh_expires_in", 0},
                                           {"token_type", "Bearer"},
                                           {"not-before-policy", 0},
                                           {"scope", "profile email"}}));
  response.headers.Set("Cache-Control", "no-store");
  return response;
}

}  // namespace cdiscount::simulator
