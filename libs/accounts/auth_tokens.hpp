#pragma once

#include <chrono>
#include <map>
#include <string>

#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "core/clock.hpp"
#include "marketplace/access_tokens.hpp"
#include "rpc/client.hpp"

namespace cdiscount::accounts {

/// Tokens from the auth service. One per account is kept in memory until auth may have renewed it, and used to its end
/// when auth is away then; only for the generation of credentials that it was given for, so that every replica lets it
/// go when the credentials change. Network thread.
class AuthTokens final : public marketplace::AccessTokens {
 public:
  /// `longest_call`: to the marketplace, with a token that was given just before.
  AuthTokens(rpc::Channel& auth, const Clock& clock, std::chrono::milliseconds longest_call);

  Task<Result<marketplace::AccessToken>> Get(const SellerRef& owner) override;
  Task<Result<marketplace::AccessToken>> Renew(const SellerRef& owner, std::string rejected_fingerprint) override;

 private:
  struct Held {
    marketplace::AccessToken token;
    std::int64_t generation = 0;
    SteadyTime ask_again;  ///< From here on auth may have renewed it.
    SteadyTime use_until;  ///< A call that begins later may not be done before its end.
  };
  /// The token that is held for these credentials.
  const Held* Find(const SellerRef& owner) const;
  Task<Result<marketplace::AccessToken>> Ask(const SellerRef& owner, std::string rejected_fingerprint);

  rpc::Client<auth::v1::TokenService> auth_;
  const Clock& clock_;
  const SteadyTime::duration use_until_;  ///< Before the end of a token.
  std::map<AccountId, Held> held_;
};

}  // namespace cdiscount::accounts
