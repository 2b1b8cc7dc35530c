#pragma once

#include <cstdint>
#include <string>

#include "core/secret.hpp"

namespace cdiscount::marketplace {

/// The account whose token is wanted, and the generation of its credentials.
struct TokenOwner {
  std::string account_id;
  /// Of the account (AccountEvent.generation): a token that was given for another one is of credentials that were
  /// replaced, or are to be.
  std::int64_t generation = 0;
};

/// The seller that a call is made for, and the token that allows it.
struct Caller {
  std::string seller_id;         ///< A number as text, "98979".
  std::string sales_channel;     ///< "CDISFR".
  Secret access_token = {};      ///< Given by AuthorisedOrders, when the call goes through it.
  std::string traceparent = {};  ///< W3C; goes out with the call when it is not empty.
  TokenOwner owner = {};         ///< For AuthorisedOrders, and named in the log.
};

}  // namespace cdiscount::marketplace
