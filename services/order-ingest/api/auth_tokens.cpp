#include "api/auth_tokens.hpp"

#include <algorithm>
#include <utility>

namespace cdiscount::order_ingest {
namespace {

namespace pb = cdiscount::auth::v1;

// Longer before its end than auth renews a token; of a short life, half.
constexpr SteadyTime::duration kAskAgainBefore = std::chrono::minutes{12};

}  // namespace

AuthTokens::AuthTokens(rpc::Channel& auth, const Clock& clock, std::chrono::milliseconds longest_call)
    : auth_(auth), clock_(clock), use_until_(longest_call + std::chrono::seconds{5}) {}

Task<Result<marketplace::AccessToken>> AuthTokens::Get(marketplace::TokenOwner owner) {
  if (const auto* held = Find(owner); held != nullptr && clock_.SteadyNow() < held->ask_again) co_return held->token;
  auto asked = co_await Ask(owner, "");
  if (asked || !IsTransient(asked.error().code)) co_return asked;
  // Found anew: the map may have changed while auth was asked.
  if (const auto* held = Find(owner); held != nullptr && clock_.SteadyNow() < held->use_until) co_return held->token;
  co_return asked;
}

Task<Result<marketplace::AccessToken>> AuthTokens::Renew(marketplace::TokenOwner owner,
                                                         std::string rejected_fingerprint) {
  if (const auto* held = Find(owner); held != nullptr) {
    const bool renewed_meanwhile = held->token.fingerprint != rejected_fingerprint;
    if (renewed_meanwhile && clock_.SteadyNow() < held->use_until) co_return held->token;
    held_.erase(owner.account_id);
  }
  auto asked = co_await Ask(std::move(owner), std::move(rejected_fingerprint));
  co_return asked;
}

const AuthTokens::Held* AuthTokens::Find(const marketplace::TokenOwner& owner) const {
  const auto held = held_.find(owner.account_id);
  return held != held_.end() && held->second.generation == owner.generation ? &held->second : nullptr;
}

Task<Result<marketplace::AccessToken>> AuthTokens::Ask(marketplace::TokenOwner owner,
                                                       std::string rejected_fingerprint) {
  pb::GetAccessTokenRequest request;
  request.set_account_id(owner.account_id);
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
  auto& held = held_[owner.account_id];
  // A poll that began before the credentials changed does not bring back what came after it.
  if (held.generation <= owner.generation) {
    held = {token, owner.generation, end - std::min(kAskAgainBefore, left / 2), end - use_until_};
  }
  co_return token;
}

}  // namespace cdiscount::order_ingest
