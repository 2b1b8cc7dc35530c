#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "marketplace/caller.hpp"

namespace cdiscount::marketplace {

struct AccessToken {
  Secret token;
  std::string fingerprint;  ///< crypto::TokenFingerprint: names the token without giving it away.

  /// With its fingerprint.
  static AccessToken Of(Secret token);
};

/// Where the tokens of accounts come from: one per client id, shared by all who call. `owner` outlives the call.
/// Network thread.
class AccessTokens {
 public:
  virtual ~AccessTokens() = default;
  /// The token in use, of the credentials of `owner.generation`.
  virtual Task<Result<AccessToken>> Get(const SellerRef& owner) = 0;
  /// Another token than the one that was refused: renews it once, or gives the one that was renewed meanwhile.
  virtual Task<Result<AccessToken>> Renew(const SellerRef& owner, std::string rejected_fingerprint) = 0;
};

/// Calls `call(token)`, which returns a Task<Result<T>>. When the marketplace refuses the token, it is renewed once and
/// the call is made once more (docs/marketplace.md#retries); a token that is still the same is not tried again. A call
/// that answers kUnauthenticated was certainly refused, so that this is safe for calls with an effect too.
template <class Call>
std::invoke_result_t<Call&, const Secret&> CallWithToken(AccessTokens& tokens, const SellerRef& owner, Call call) {
  const auto token = co_await tokens.Get(owner);
  if (!token) co_return token.error();
  auto first = co_await call(token->token);
  if (first || first.error().code != ErrorCode::kUnauthenticated) co_return first;

  const auto renewed = co_await tokens.Renew(owner, token->fingerprint);
  if (!renewed) co_return renewed.error();
  if (renewed->fingerprint == token->fingerprint) co_return first;
  co_return co_await call(renewed->token);
}

}  // namespace cdiscount::marketplace
