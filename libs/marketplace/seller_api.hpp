#pragma once

#include "core/result.hpp"
#include "core/task.hpp"
#include "marketplace/caller.hpp"
#include "marketplace/types.hpp"

namespace cdiscount::marketplace {

/// Reads who a seller is; the check of a connection (docs/marketplace.md#sellers).
class SellerApi {
 public:
  virtual ~SellerApi() = default;

  /// Errors as OrdersApi; kUnauthenticated = the token was refused, kPermissionDenied = this client id is not linked to
  /// the seller, kNotFound = no such seller. Network thread; the caller keeps `caller` alive while it waits.
  virtual Task<Result<SellerDto>> GetSeller(const Caller& caller) = 0;
};

}  // namespace cdiscount::marketplace
