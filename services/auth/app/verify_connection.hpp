#pragma once

#include "app/ports.hpp"
#include "app/token_cache.hpp"

namespace cdiscount::auth {

/// Tries an account's connection: a token first, then the seller (octopia-rest-v2.md, 8). Network thread only.
class VerifyConnection {
 public:
  /// All of them must outlive this object.
  VerifyConnection(AccountStore& accounts, TokenCache& tokens, SellerProbe& sellers, Observer& observer)
      : accounts_(accounts), tokens_(tokens), sellers_(sellers), observer_(observer) {}

  /// Everything that the marketplace can answer, or not answer, is a report. Fails with kNotFound, kConflict (disabled:
  /// no call is made for it), and when our own database is away. Credentials that are refused here are refused: the
  /// account needs new ones. Those that were refused before are not tried again.
  Task<Result<ConnectionReport>> Verify(AccountRef account, Cause cause = {});

 private:
  Task<Result<ConnectionReport>> Try(Account account, Cause cause);

  AccountStore& accounts_;
  TokenCache& tokens_;
  SellerProbe& sellers_;
  Observer& observer_;
};

}  // namespace cdiscount::auth
