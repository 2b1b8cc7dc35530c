#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "core/clock.hpp"
#include "marketplace/access_tokens.hpp"
#include "rpc/channel.hpp"

namespace cdiscount::order_ingest {

/// Tokens from the auth service. One is kept in memory until auth may have renewed it, and used to its end when auth is
/// away then. Network thread.
class AuthTokens final : public marketplace::AccessTokens {
 public:
  AuthTokens(rpc::Channel& auth, const Clock& clock);
  ~AuthTokens() override;

  Task<Result<marketplace::AccessToken>> Get(std::string account_id) override;
  /// After accounts changed: credentials may be others now.
  void Forget() { held_.clear(); }
  Task<Result<marketplace::AccessToken>> Renew(std::string account_id, std::string rejected_fingerprint) override;

 private:
  struct Held {
    marketplace::AccessToken token;
    SysTime expires_at;
  };
  Task<Result<marketplace::AccessToken>> Ask(std::string account_id, std::string rejected_fingerprint);

  class Client;
  std::unique_ptr<Client> client_;
  const Clock& clock_;
  std::map<std::string, Held> held_;
};

}  // namespace cdiscount::order_ingest
