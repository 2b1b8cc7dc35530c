#include "accounts/auth_tokens.hpp"

#include <algorithm>
#include <utility>

namespace cdiscount::accounts {
namespace {

namespace pb = cdiscount::auth::v1;

// Longer before its end than auth renews a token; of a short life, half.
constexpr SteadyTime::duration kAskAgainBefore = std::chrono::minutes{12};

}  // namespace

AuthTokens::AuthTokens(rpc::Channel& auth, const Clock& clock, std::chrono::milliseconds longest_call)
    : auth_(auth), clock_(clock), use_until_(longest_call + std::chrono::seconds{5}) {}

Task<Result<marketplace::AccessToken>> AuthTokens::Get(const SellerRef& owner) {
  if (const auto* held = Find(owner); held != nullptr && clock_.SteadyNow() < held->ask_again) co_return held->token;
  auto asked = co_await Ask(owner, "");
  if (asked || !IsTransient(asked.error().code)) co_return asked;
  // Found anew: the map may have changed while auth was asked.
  if (const auto* held = Find(owner); held != nullptr && clock_.SteadyNow() < held->use_until) co_return held->token;
  co_return asked;
}

Task<Result<marketplace::AccessToken>> AuthTokens::Renew(const SellerRef& owner, std::string rejected_fingerprint) {
  if (const auto* held = Find(owner); held != nullptr) {
    const bool renewed_meanwhile = held->token.fingerprint != rejected_fingerprint;
    if (renewed_meanwhile && clock_.SteadyNow() < held->use_until) co_return held->token;
    held_.erase(owner.account);
  }
  auto asked = co_await Ask(owner, std::move(rejected_fingerprint));
  co_return asked;
}

const AuthTokens::Held* AuthTokens::Find(const SellerRef& owner) const {
  const auto held = held_.find(owner.account);
  return held != held_.end() && held->second.generation == owner.generation ? &held->second : nullptr;
}

Task<Result<marketplace::AccessToken>> AuthTokens::Ask(const SellerRef& owner, std::string rejected_fingerprint) {
  pb::GetAccessTokenRequest request;
  request.set_account_id(owner.account.value());
  request.set_rejected_token_fingerprint(std::move(rejected_fingerprint));
  const auto answer = co_await auth_.Call(&pb::TokenService::Stub::async::GetAccessToken, request);
  if (!answer) {
    auto error = answer.error();
    error.message = "no access token from auth: " + error.message;
    co_return error;
  }
  auto token = marketplace::AccessToken::Of(Secret{answer->access_token()});
  const SteadyTime::duration left = SysTime{std::chrono::seconds{answer->expires_at().seconds()}} - clock_.Now();
  const auto end = clock_.SteadyNow() + left;
  auto& held = held_[owner.account];
  // A poll that began before the credentials changed does not bring back what came after it.
  if (held.generation <= owner.generation) {
    held = {token, owner.generation, end - std::min(kAskAgainBefore, left / 2), end - use_until_};
  }
  co_return token;
}

}  // namespace cdiscount::accounts
