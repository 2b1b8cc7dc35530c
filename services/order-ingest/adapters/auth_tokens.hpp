#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "core/clock.hpp"
#include "marketplace/access_tokens.hpp"
#include "rpc/channel.hpp"

namespace cdiscount::order_ingest {

/// Tokens from the auth service, kept in memory until shortly before they end, so that auth may be away for a while.
/// Network thread.
class AuthTokens final : public marketplace::AccessTokens {
 public:
  AuthTokens(rpc::Channel& auth, const Clock& clock);
  ~AuthTokens() override;

  Task<Result<marketplace::AccessToken>> Get(std::string account_id) override;
  Task<Result<marketplace::AccessToken>> Renew(std::string account_id, std::string rejected_fingerprint) override;

 private:
  struct Held {
    marketplace::AccessToken token;
    SysTime use_until;
  };
  Task<Result<marketplace::AccessToken>> Ask(std::string account_id, std::string rejected_fingerprint);

  class Client;
  std::unique_ptr<Client> client_;
  const Clock& clock_;
  std::map<std::string, Held> held_;
};

}  // namespace cdiscount::order_ingest
