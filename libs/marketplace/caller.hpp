#pragma once

#include "core/secret.hpp"
#include "core/seller_ref.hpp"

namespace cdiscount::marketplace {

/// The seller that a call is made for, and the token that allows it.
struct Caller : SellerRef {
  Secret access_token = {};  ///< Given by AuthorisedOrders, when the call goes through it.
};

}  // namespace cdiscount::marketplace
