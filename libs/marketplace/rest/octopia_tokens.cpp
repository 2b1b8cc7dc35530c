#include "marketplace/rest/octopia_tokens.hpp"

#include <utility>

#include "marketplace/rest/octopia_errors.hpp"
#include "marketplace/rest/seller_json.hpp"

namespace cdiscount::marketplace {
namespace {

/// The bodies by which the token realm refuses credentials: Keycloak's words, or a problem+json of its own with 401
/// (docs/marketplace.md#tokens).
bool RefusesCredentials(const http::Response& response) {
  const auto word = rest::RealmErrorOf(response.body);
  if (word == "invalid_client" || word == "unauthorized_client" || word == "invalid_grant") return true;
  return response.status == 401 && rest::IsProblem(response.body);
}

}  // namespace

OctopiaTokens::OctopiaTokens(http::Client& client, OctopiaOptions options)
    : client_(client), options_(std::move(options)) {}

Task<Result<IssuedToken>> OctopiaTokens::RequestToken(std::string client_id, Secret client_secret) {
  http::Request request;
  request.method = "POST";
  request.url = options_.token_url;
  request.headers.Set("Content-Type", "application/x-www-form-urlencoded");
  request.headers.Set("Accept", "application/json");
  const std::vector<std::pair<std::string, std::string>> form = {
      {"grant_type", "client_credentials"}, {"client_id", client_id}, {"client_secret", client_secret.Reveal()}};
  request.body = http::EncodeQuery(form);

  const auto response = co_await client_.Send(std::move(request), options_.timeout);
  if (!response) co_return response.error();
  const auto what = "token request for client id " + client_id;
  if (response->status >= 200 && response->status <= 299) {
    auto token = rest::ReadToken(response->body);
    if (token) co_return token;
    co_return rest::Unexpected(*response, what, "a JSON token", token.error());
  }

  auto error = rest::ErrorOf(*response, what);
  const bool refused = response->status == 400 || response->status == 401;
  if (refused && RefusesCredentials(*response)) {
    error.code = ErrorCode::kUnauthenticated;
  } else if (response->status == 401) {
    error.code = ErrorCode::kUnavailable;  // it says nothing about the credentials: a proxy, a realm that is restarting
  }
  co_return error;
}

}  // namespace cdiscount::marketplace
