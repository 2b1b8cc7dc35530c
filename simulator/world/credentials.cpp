#include "simulator/world/credentials.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "crypto/encoding.hpp"
#include "simulator/world/json.hpp"

namespace cdiscount::simulator {

std::optional<std::chrono::seconds> WindowCounter::Take(std::uint32_t most, std::chrono::seconds window, SysTime now) {
  if (most == 0) return std::nullopt;
  if (count_ == 0 || now >= start_ + window || now < start_) {  // the clock may have been set back
    start_ = now;
    count_ = 0;
  }
  if (count_ < most) {
    ++count_;
    return std::nullopt;
  }
  return std::chrono::ceil<std::chrono::seconds>(start_ + window - now);
}

Client& Credentials::SetClient(const std::string& id, Secret secret) {
  auto& client = clients_[id];
  client.id = id;
  client.secret = std::move(secret);
  return client;
}

namespace {

std::string Base64Url(std::string_view bytes) {
  auto text = crypto::Base64Encode(bytes);
  std::erase(text, '=');
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

// The claims of a Keycloak access token, of the size of a real one (docs/marketplace.md#tokens).
std::string Claims(const std::string& client_id, const std::string& unique, std::chrono::seconds lifetime,
                   SysTime now) {
  const auto issued = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  Json roles = Json::array();
  for (int i = 0; i < 32; ++i) roles.push_back(fmt::format("seller-api-role-{:02}", i));
  const Json claims = Object({{"exp", issued + lifetime.count()},
                              {"iat", issued},
                              {"jti", unique},
                              {"iss", "https://auth.octopia-io.net/auth/realms/maas"},
                              {"aud", "account"},
                              {"sub", unique},
                              {"typ", "Bearer"},
                              {"azp", client_id},
                              {"acr", "1"},
                              {"realm_access", Object({{"roles", std::move(roles)}})},
                              {"scope", "profile email"},
                              {"clientId", client_id},
                              {"email_verified", false},
                              {"clientHost", "127.0.0.1"}});
  return Dump(claims);
}

}  // namespace

Client* Credentials::Find(std::string_view id) {
  const auto found = clients_.find(id);
  return found == clients_.end() ? nullptr : &found->second;
}

std::string Credentials::Letters(std::size_t count) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string text(count, ' ');
  for (auto& c : text) c = kAlphabet[random_() % kAlphabet.size()];
  return text;
}

Secret Credentials::NewSecret() {
  return Secret{Letters(32)};
}

std::string Credentials::Issue(Client& client, std::chrono::seconds lifetime, SysTime now) {
  // The size and shape of a Keycloak RS256 token; nothing in it is looked at here, nor should a client do so.
  auto token = fmt::format("{}.{}.{}", Base64Url(R"({"alg":"RS256","typ":"JWT","kid":"simulator"})"),
                           Base64Url(Claims(client.id, Letters(36), lifetime, now)), Letters(342));
  if (tokens_.size() >= sweep_at_) {
    std::erase_if(tokens_, [&](const auto& entry) { return entry.second.expires_at <= now; });
    sweep_at_ = 2 * tokens_.size() + 64;
  }
  tokens_[token] = {client.id, now + lifetime};
  ++client.tokens_issued;
  return token;
}

Client* Credentials::Authenticate(std::string_view token, SysTime now) {
  const auto found = tokens_.find(std::string{token});
  if (found == tokens_.end() || found->second.expires_at <= now) return nullptr;
  return Find(found->second.client_id);
}

void Credentials::Revoke(std::string_view token) {
  tokens_.erase(std::string{token});
}

}  // namespace cdiscount::simulator
