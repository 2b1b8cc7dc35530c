#pragma once

#include <chrono>
#include <string>

#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"

namespace cdiscount::marketplace {

struct IssuedToken {
  Secret token;
  std::chrono::seconds expires_in{0};  ///< As the marketplace says, or short; counted from its answer; at least 1.
};

/// Exchanges credentials for an access token (docs/marketplace.md#tokens). There are 500 an hour per client id, so a
/// token is kept and shared by the caller.
class TokenApi {
 public:
  virtual ~TokenApi() = default;

  /// kUnauthenticated = the client id or the secret is wrong, in the realm's own words; a 401 without them is
  /// kUnavailable. kInvalidArgument = the request was refused for another
  /// reason; else as OrdersApi. Network thread.
  virtual Task<Result<IssuedToken>> RequestToken(std::string client_id, Secret client_secret) = 0;
};

}  // namespace cdiscount::marketplace
