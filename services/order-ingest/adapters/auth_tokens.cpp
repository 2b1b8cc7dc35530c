#include "adapters/auth_tokens.hpp"

#include <utility>

#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "rpc/client.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace pb = cdiscount::auth::v1;

// Longer before its end than auth renews a token.
constexpr auto kAskAgainBefore = std::chrono::minutes{12};
// A call takes this long at most.
constexpr auto kUseUntil = std::chrono::seconds{35};

}  // namespace

class AuthTokens::Client {
 public:
  explicit Client(rpc::Channel& channel) : tokens(channel) {}
  rpc::Client<pb::TokenService> tokens;
};

AuthTokens::AuthTokens(rpc::Channel& auth, const Clock& clock)
    : client_(std::make_unique<Client>(auth)), clock_(clock) {}
AuthTokens::~AuthTokens() = default;

Task<Result<marketplace::AccessToken>> AuthTokens::Get(std::string account_id) {
  const auto held = held_.find(account_id);
  if (held != held_.end() && clock_.Now() < held->second.expires_at - kAskAgainBefore) co_return held->second.token;
  auto asked = co_await Ask(account_id, "");
  if (asked || !IsTransient(asked.error().code)) co_return asked;
  const auto still = held_.find(account_id);  // found anew: the map may have changed while auth was asked
  if (still != held_.end() && clock_.Now() < still->second.expires_at - kUseUntil) co_return still->second.token;
  co_return asked;
}

Task<Result<marketplace::AccessToken>> AuthTokens::Renew(std::string account_id, std::string rejected_fingerprint) {
  const auto held = held_.find(account_id);
  if (held != held_.end() && held->second.token.fingerprint != rejected_fingerprint &&
      clock_.Now() < held->second.expires_at - kUseUntil) {
    co_return held->second.token;  // renewed meanwhile for another call
  }
  held_.erase(account_id);
  auto asked = co_await Ask(std::move(account_id), std::move(rejected_fingerprint));
  co_return asked;
}

Task<Result<marketplace::AccessToken>> AuthTokens::Ask(std::string account_id, std::string rejected_fingerprint) {
  pb::GetAccessTokenRequest request;
  request.set_account_id(account_id);
  request.set_rejected_token_fingerprint(std::move(rejected_fingerprint));
  // Longer than auth waits for the marketplace: its answer says more than a deadline does.
  const rpc::CallOptions options{.deadline = std::chrono::seconds{35}};
  const auto answer = co_await client_->tokens.Call(&pb::TokenService::Stub::async::GetAccessToken, request, options);
  if (!answer) {
    auto error = answer.error();
    error.message = "no access token from auth: " + error.message;
    co_return error;
  }
  Held held{.token = marketplace::AccessToken::Of(Secret{answer->access_token()}),
            .expires_at = SysTime{std::chrono::seconds{answer->expires_at().seconds()}}};
  const auto token = held.token;
  held_.insert_or_assign(account_id, std::move(held));
  co_return token;
}

}  // namespace cdiscount::order_ingest
