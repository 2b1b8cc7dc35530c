#include "marketplace/rest/octopia_tokens.hpp"

#include <utility>

#include "marketplace/rest/octopia_errors.hpp"
#include "marketplace/rest/seller_json.hpp"

namespace cdiscount::marketplace {
namespace {

/// The words by which a Keycloak realm refuses credentials, with 401 or with 400.
bool RefusesCredentials(const std::string& realm_error) {
  return realm_error == "invalid_client" || realm_error == "unauthorized_client" || realm_error == "invalid_grant";
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
  if (response->status >= 200 && response->status <= 299) co_return rest::ReadToken(response->body);

  auto error = rest::ErrorOf(*response, "token request for client id " + client_id);
  if (response->status == 400 && RefusesCredentials(rest::RealmErrorOf(response->body))) {
    error.code = ErrorCode::kUnauthenticated;
  }
  co_return error;
}

}  // namespace cdiscount::marketplace
