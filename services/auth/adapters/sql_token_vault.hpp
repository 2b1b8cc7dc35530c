#pragma once

#include "adapters/account_rows.hpp"
#include "app/ports.hpp"
#include "crypto/sealed_box.hpp"
#include "outbox/outbox.hpp"
#include "store/database.hpp"

namespace cdiscount::auth {

/// Tokens in SQLite or PostgreSQL, only encrypted. Network thread; the work runs on the database's threads.
class SqlTokenVault final : public TokenVault {
 public:
  /// `announced` is called after each transaction that may have left events in the outbox. The others must outlive this
  /// object.
  SqlTokenVault(store::Database& database, const outbox::Outbox& outbox, const crypto::SealedBox& box,
                std::function<void()> announced, TokenLimits limits, DatabaseTime time = TimeOf)
      : database_(database),
        outbox_(outbox),
        box_(box),
        announced_(std::move(announced)),
        limits_(limits),
        time_(std::move(time)) {}

  Task<Result<TokenAnswer>> Take(AccountId account, TokenWish wish) override;
  Task<Status> Keep(TokenClaim claim, AccessToken token) override;
  Task<Status> Pause(TokenClaim claim, Error failure) override;
  Task<Status> Refuse(TokenClaim claim, std::string refusal, Cause cause) override;

 private:
  class Work;

  store::Database& database_;
  const outbox::Outbox& outbox_;
  const crypto::SealedBox& box_;
  std::function<void()> announced_;
  TokenLimits limits_;
  DatabaseTime time_;
};

}  // namespace cdiscount::auth
