#pragma once

#include <string>

#include "app/issue_tokens.hpp"
#include "domain/connection.hpp"
#include "marketplace/seller_api.hpp"

namespace cdiscount::auth {

/// Tries an account's connection: a token first, then the seller (docs/marketplace.md#sellers). Network thread only.
class VerifyConnection {
 public:
  /// All of them must outlive this object.
  VerifyConnection(store::Database& database, IssueTokens& tokens, marketplace::SellerApi& sellers, Metrics& metrics)
      : database_(database), tokens_(tokens), sellers_(sellers), metrics_(metrics) {}

  /// Everything that the marketplace can answer, or not answer, is a report. Fails with kNotFound, kConflict (disabled:
  /// no call is made for it), and when our own database is away. Credentials that are refused here are refused: the
  /// account needs new ones. Those that were refused before are not tried again.
  Task<Result<ConnectionReport>> Verify(AccountRef account, std::string traceparent = {});

 private:
  Task<Result<ConnectionReport>> Try(Account account, std::string traceparent);
  Task<Result<SellerFacts>> Look(GivenToken token);

  store::Database& database_;
  IssueTokens& tokens_;
  marketplace::SellerApi& sellers_;
  Metrics& metrics_;
};

}  // namespace cdiscount::auth
