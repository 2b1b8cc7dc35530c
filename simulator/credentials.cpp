#include "simulator/credentials.hpp"

#include <fmt/core.h>

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

std::uint32_t WindowCounter::used(std::chrono::seconds window, SysTime now) const {
  return now >= start_ + window || now < start_ ? 0 : count_;
}

Client& Credentials::SetClient(const std::string& id, Secret secret) {
  auto& client = clients_[id];
  client.id = id;
  client.secret = std::move(secret);
  return client;
}

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
  // The size and shape of a Keycloak RS256 token; what is in it means nothing, as it must mean nothing to a client.
  auto token = fmt::format("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.{}.{}", Letters(480), Letters(342));
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
