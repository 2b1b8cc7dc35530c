#include "adapters/auth_api.hpp"

#include <algorithm>
#include <utility>

#include "adapters/account_messages.hpp"
#include "cdiscount/auth/v1/account_service.grpc.pb.h"
#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "crypto/encoding.hpp"
#include "rpc/unary.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::auth {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

Cause CauseOf(const rpc::CallContext& call) {
  return {call.trace.ToHeader()};
}

Credentials FromMessage(const v1::OctopiaCredentials& message) {
  return {ClientId{message.client_id()}, Secret{message.client_secret()}};
}

NewAccount FromMessage(const v1::CreateAccountRequest& message) {
  return {.name = message.name(),
          .seller_id = SellerId{message.seller_id()},
          .sales_channel_id = SalesChannelId{message.sales_channel_id()},
          .credentials = FromMessage(message.octopia())};
}

/// The answer of every call that shows one account.
template <class Response>
Result<Response> Answer(const Result<AccountView>& view) {
  if (!view) return view.error();
  Response response;
  *response.mutable_account() = ToMessage(*view);
  return response;
}

// Who may call, as the certificates name it.
constexpr const char* kOperator = "operator";
constexpr const char* kOrderIngest = "order-ingest";

constexpr int kDefaultPage = 100, kLargestPage = 1000;

Error Invalid(std::string field, std::string message) {
  return Error{.code = ErrorCode::kInvalidArgument, .message = std::move(message), .field = std::move(field)};
}

/// The audit line of a change.
void LogChange(std::string_view event, const Result<AccountView>& view, const rpc::CallContext& call) {
  if (!view) return;
  const auto& account = view->account;
  log::Info(event, {{"audit", true},
                    {"caller", call.caller},
                    {"account_id", account.id()},
                    {"account", account.name()},
                    {"seller_id", account.seller_id()},
                    {"state", ToString(account.state())},
                    {"version", account.version()},
                    {"trace_id", call.trace.trace_id()}});
}

/// As token_service.proto promises: what a caller of GetAccessToken can do about an error.
Error ForCaller(Error error) {
  switch (error.code) {
    case ErrorCode::kUnauthenticated:
      error.code = ErrorCode::kConflict;
      break;
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kUnreadable:
      error.code = ErrorCode::kUnavailable;
      break;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kThrottled:
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
    case ErrorCode::kInternal:
      break;
  }
  return error;
}

}  // namespace

class AuthApi::Accounts final : public v1::AccountService::CallbackService {
 public:
  Accounts(rpc::Calls& calls, ManageAccounts& accounts, auth::VerifyConnection& verify)
      : calls_(calls), accounts_(accounts), verify_(verify) {}

  ServerUnaryReactor* CreateAccount(CallbackServerContext* context, const v1::CreateAccountRequest* request,
                                    v1::CreateAccountResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext call) { return Create(asked, std::move(call)); });
  }
  ServerUnaryReactor* GetAccount(CallbackServerContext* context, const v1::GetAccountRequest* request,
                                 v1::GetAccountResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext) { return Get(asked); });
  }
  ServerUnaryReactor* ListAccounts(CallbackServerContext* context, const v1::ListAccountsRequest* request,
                                   v1::ListAccountsResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext) { return List(asked); });
  }
  ServerUnaryReactor* DisableAccount(CallbackServerContext* context, const v1::DisableAccountRequest* request,
                                     v1::DisableAccountResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext call) { return Disable(asked, std::move(call)); });
  }
  ServerUnaryReactor* EnableAccount(CallbackServerContext* context, const v1::EnableAccountRequest* request,
                                    v1::EnableAccountResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext call) { return Enable(asked, std::move(call)); });
  }
  ServerUnaryReactor* ReplaceCredentials(CallbackServerContext* context, const v1::ReplaceCredentialsRequest* request,
                                         v1::ReplaceCredentialsResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext call) { return Replace(asked, std::move(call)); });
  }
  ServerUnaryReactor* VerifyConnection(CallbackServerContext* context, const v1::VerifyConnectionRequest* request,
                                       v1::VerifyConnectionResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext call) { return Verify(asked, std::move(call)); });
  }

 private:
  Task<Result<v1::CreateAccountResponse>> Create(const v1::CreateAccountRequest& request, rpc::CallContext call) {
    const auto view = co_await accounts_.Create(FromMessage(request), CauseOf(call));
    LogChange("account_created", view, call);
    co_return Answer<v1::CreateAccountResponse>(view);
  }

  Task<Result<v1::GetAccountResponse>> Get(const v1::GetAccountRequest& request) {
    co_return Answer<v1::GetAccountResponse>(co_await accounts_.Get(AccountRef{request.account()}));
  }

  Task<Result<v1::ListAccountsResponse>> List(const v1::ListAccountsRequest& request) {
    if (request.page_size() < 0) co_return Invalid("page_size", "must not be negative");
    const auto after = crypto::HexDecode(request.page_token());
    if (!after) co_return Invalid("page_token", "is not one that an answer gave");
    const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage);
    auto views = co_await accounts_.List({.after = *after, .limit = size + 1});
    if (!views) co_return views.error();
    v1::ListAccountsResponse response;
    const bool more = std::cmp_greater(views->size(), size);
    if (more) views->pop_back();
    for (const auto& view : *views) *response.add_accounts() = ToMessage(view);
    if (more) response.set_next_page_token(crypto::HexEncode(views->back().account.name()));
    co_return response;
  }

  Task<Result<v1::DisableAccountResponse>> Disable(const v1::DisableAccountRequest& request, rpc::CallContext call) {
    const auto view = co_await accounts_.Disable(AccountRef{request.account()}, CauseOf(call));
    LogChange("account_disabled", view, call);
    co_return Answer<v1::DisableAccountResponse>(view);
  }

  Task<Result<v1::EnableAccountResponse>> Enable(const v1::EnableAccountRequest& request, rpc::CallContext call) {
    const auto view = co_await accounts_.Enable(AccountRef{request.account()}, CauseOf(call));
    LogChange("account_enabled", view, call);
    co_return Answer<v1::EnableAccountResponse>(view);
  }

  Task<Result<v1::ReplaceCredentialsResponse>> Replace(const v1::ReplaceCredentialsRequest& request,
                                                       rpc::CallContext call) {
    const auto view = co_await accounts_.ReplaceCredentials(AccountRef{request.account()},
                                                            FromMessage(request.octopia()), CauseOf(call));
    LogChange("credentials_replaced", view, call);
    co_return Answer<v1::ReplaceCredentialsResponse>(view);
  }

  Task<Result<v1::VerifyConnectionResponse>> Verify(const v1::VerifyConnectionRequest& request, rpc::CallContext call) {
    const auto report = co_await verify_.Verify(AccountRef{request.account()}, CauseOf(call));
    if (!report) co_return report.error();
    log::Info("connection_verified", {{"audit", true},
                                      {"caller", call.caller},
                                      {"account", request.account()},
                                      {"outcome", ToString(report->outcome)},
                                      {"explanation", report->explanation},
                                      {"trace_id", call.trace.trace_id()}});
    co_return ToMessage(*report);
  }

  rpc::Calls& calls_;
  ManageAccounts& accounts_;
  auth::VerifyConnection& verify_;
};

class AuthApi::Tokens final : public v1::TokenService::CallbackService {
 public:
  Tokens(rpc::Calls& calls, TokenCache& tokens) : calls_(calls), tokens_(tokens) {}

  ServerUnaryReactor* GetAccessToken(CallbackServerContext* context, const v1::GetAccessTokenRequest* request,
                                     v1::GetAccessTokenResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext call) { return Get(asked, std::move(call)); });
  }

 private:
  Task<Result<v1::GetAccessTokenResponse>> Get(const v1::GetAccessTokenRequest& request, rpc::CallContext call) {
    const auto caller = call.caller;
    const auto trace_id = call.trace.trace_id();
    TokenWish wish{.rejected_fingerprint = request.rejected_token_fingerprint()};
    const auto given = co_await tokens_.Get(AccountId{request.account_id()}, std::move(wish), CauseOf(call));
    if (!given) co_return ForCaller(given.error());
    log::Info("token_given", {{"audit", true},
                              {"caller", caller},
                              {"account_id", request.account_id()},
                              {"seller_id", given->seller_id},
                              {"trace_id", trace_id}});
    v1::GetAccessTokenResponse response;
    response.set_access_token(given->token.value.Reveal());
    *response.mutable_expires_at() = ToMessage(given->token.life.expires_at);
    response.set_seller_id(given->seller_id.value());
    response.set_sales_channel_id(given->sales_channel_id.value());
    co_return response;
  }

  rpc::Calls& calls_;
  TokenCache& tokens_;
};

AuthApi::AuthApi(rpc::Calls& calls, ManageAccounts& accounts, TokenCache& tokens, VerifyConnection& verify)
    : accounts_(std::make_unique<Accounts>(calls, accounts, verify)),
      tokens_(std::make_unique<Tokens>(calls, tokens)) {}

AuthApi::~AuthApi() = default;

std::vector<rpc::Api> AuthApi::apis() {
  return {{accounts_.get(),
           v1::AccountService::service_full_name(),
           {
               {"CreateAccount", {kOperator}},
               {"GetAccount", {kOperator}},
               {"ListAccounts", {kOperator}},
               {"DisableAccount", {kOperator}},
               {"EnableAccount", {kOperator}},
               {"ReplaceCredentials", {kOperator}},
               {"VerifyConnection", {kOperator}},
           }},
          {tokens_.get(),
           v1::TokenService::service_full_name(),
           {
               {"GetAccessToken", {kOrderIngest}},
           }}};
}

}  // namespace cdiscount::auth
