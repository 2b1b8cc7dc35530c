#pragma once

#include <string>

#include "domain/account.hpp"

namespace cdiscount::auth::fakes {

/// An account that keeps every rule; `n` makes it another one, with a client id of its own.
inline NewAccount ANewAccount(int n = 1) {
  const auto number = std::to_string(n);
  return {.name = "Boutique " + number,
          .seller_id = SellerId{"9897" + number},
          .sales_channel_id = {},
          .credentials = {ClientId{"boutique-client-" + number}, Secret{"s3cret-" + number}}};
}

/// The same seller number `n` with the credentials of account `of`.
inline NewAccount ANewAccountSharing(int n, int of) {
  auto account = ANewAccount(n);
  account.credentials = ANewAccount(of).credentials;
  return account;
}

}  // namespace cdiscount::auth::fakes
