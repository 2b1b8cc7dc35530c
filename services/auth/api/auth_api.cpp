#include "api/auth_api.hpp"

#include <algorithm>
#include <utility>

#include "cdiscount/auth/v1/account_service.grpc.pb.h"
#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "crypto/encoding.hpp"
#include "domain/messages.hpp"
#include "rows/accounts.hpp"
#include "rpc/unary.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::auth {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

Credentials FromMessage(const v1::OctopiaCredentials& message) {
  return {ClientId{message.client_id()}, Secret{message.client_secret()}};
}

NewAccount FromMessage(const v1::CreateAccountRequest& message) {
  return {.name = message.name(),
          .seller_id = SellerId{message.seller_id()},
          .sales_channel_id = ChannelId{message.sales_channel_id()},
          .credentials = FromMessage(message.octopia())};
}

v1::Account ToMessage(const AccountView& view) {
  const auto& fields = view.account.fields();
  v1::Account message;
  message.set_account_id(fields.id.value());
  message.set_name(fields.name);
  message.set_seller_id(fields.seller_id.value());
  message.set_sales_channel_id(fields.sales_channel_id.value());
  message.set_state(view.account.state());
  message.set_client_id(fields.client_id.value());
  message.set_version(fields.version);
  *message.mutable_created_at() = ToTimestamp(fields.created_at);
  *message.mutable_changed_at() = ToTimestamp(fields.changed_at);
  if (view.token_expires_at) *message.mutable_token_expires_at() = ToTimestamp(*view.token_expires_at);
  message.set_attention(view.account.Attention());
  return message;
}

// Roles, as certificates name them (rpc/access.hpp).
constexpr const char* kOperator = "operator";
constexpr const char* kOrderIngest = "order-ingest";

constexpr int kDefaultPage = 100, kLargestPage = 1000;

Error Invalid(std::string field, std::string message) {
  return Error{.code = ErrorCode::kInvalidArgument, .message = std::move(message), .field = std::move(field)};
}

/// Makes a change, writes its audit line, and answers with the account.
template <class Response>
Task<Result<Response>> Change(std::string_view event, Task<Result<AccountView>> change, rpc::CallContext call) {
  const auto view = co_await std::move(change);
  if (!view) co_return view.error();
  const auto& account = view->account;
  log::Info(event, {{"audit", true},
                    {"caller", call.caller},
                    {"account_id", account.id()},
                    {"account", account.name()},
                    {"seller_id", account.seller_id()},
                    {"state", LabelOf(account.state())},
                    {"version", account.version()},
                    {"trace_id", call.trace.trace_id()}});
  Response response;
  *response.mutable_account() = ToMessage(*view);
  co_return response;
}

/// As token_service.proto promises: what a caller of GetAccessToken can do about an error.
Error ForCaller(Error error) {
  if (error.code == ErrorCode::kUnauthenticated) error.code = ErrorCode::kConflict;
  if (error.code == ErrorCode::kDeadlineExceeded || error.code == ErrorCode::kUnreadable) {
    error.code = ErrorCode::kUnavailable;
  }
  return error;
}

}  // namespace

class AuthApi::Accounts final : public v1::AccountService::CallbackService {
 public:
  Accounts(rpc::Calls& calls, store::Database& database, ChangeAccounts& change, auth::VerifyConnection& verify)
      : calls_(calls), database_(database), change_(change), verify_(verify) {}

  ServerUnaryReactor* CreateAccount(CallbackServerContext* context, const v1::CreateAccountRequest* request,
                                    v1::CreateAccountResponse* response) override {
    return rpc::Unary(calls_, context, request, response, [this](const auto& asked, rpc::CallContext call) {
      auto change = change_.Create(FromMessage(asked), call.trace.ToHeader());
      return Change<v1::CreateAccountResponse>("account_created", std::move(change), std::move(call));
    });
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
    return rpc::Unary(calls_, context, request, response, [this](const auto& asked, rpc::CallContext call) {
      auto change = change_.Disable(AccountRef{asked.account()}, call.trace.ToHeader());
      return Change<v1::DisableAccountResponse>("account_disabled", std::move(change), std::move(call));
    });
  }
  ServerUnaryReactor* EnableAccount(CallbackServerContext* context, const v1::EnableAccountRequest* request,
                                    v1::EnableAccountResponse* response) override {
    return rpc::Unary(calls_, context, request, response, [this](const auto& asked, rpc::CallContext call) {
      auto change = change_.Enable(AccountRef{asked.account()}, call.trace.ToHeader());
      return Change<v1::EnableAccountResponse>("account_enabled", std::move(change), std::move(call));
    });
  }
  ServerUnaryReactor* ReplaceCredentials(CallbackServerContext* context, const v1::ReplaceCredentialsRequest* request,
                                         v1::ReplaceCredentialsResponse* response) override {
    return rpc::Unary(calls_, context, request, response, [this](const auto& asked, rpc::CallContext call) {
      auto change =
          change_.ReplaceCredentials(AccountRef{asked.account()}, FromMessage(asked.octopia()), call.trace.ToHeader());
      return Change<v1::ReplaceCredentialsResponse>("credentials_replaced", std::move(change), std::move(call));
    });
  }
  ServerUnaryReactor* VerifyConnection(CallbackServerContext* context, const v1::VerifyConnectionRequest* request,
                                       v1::VerifyConnectionResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext call) { return Verify(asked, std::move(call)); });
  }

 private:
  Task<Result<v1::GetAccountResponse>> Get(const v1::GetAccountRequest& request) {
    const AccountRef account{request.account()};
    const auto view = co_await database_.Read(
        [&](store::Transaction& transaction) { return rows::ViewAccount(transaction, account, transaction.Now()); });
    if (!view) co_return view.error();
    v1::GetAccountResponse response;
    *response.mutable_account() = ToMessage(*view);
    co_return response;
  }

  Task<Result<v1::ListAccountsResponse>> List(const v1::ListAccountsRequest& request) {
    if (request.page_size() < 0) co_return Invalid("page_size", "must not be negative");
    const auto after = crypto::HexDecode(request.page_token());
    if (!after) co_return Invalid("page_token", "is not one that an answer gave");
    const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage);
    auto views = co_await database_.Read([&](store::Transaction& transaction) {
      return rows::ViewAccounts(transaction, {.after = *after, .limit = size + 1}, transaction.Now());
    });
    if (!views) co_return views.error();
    v1::ListAccountsResponse response;
    const bool more = std::cmp_greater(views->size(), size);
    if (more) views->pop_back();
    for (const auto& view : *views) *response.add_accounts() = ToMessage(view);
    if (more) response.set_next_page_token(crypto::HexEncode(views->back().account.name()));
    co_return response;
  }

  Task<Result<v1::VerifyConnectionResponse>> Verify(const v1::VerifyConnectionRequest& request, rpc::CallContext call) {
    auto report = co_await verify_.Verify(AccountRef{request.account()}, call.trace.ToHeader());
    if (!report) co_return report.error();
    log::Info("connection_verified", {{"audit", true},
                                      {"caller", call.caller},
                                      {"account", request.account()},
                                      {"outcome", LabelOf(report->outcome())},
                                      {"explanation", report->explanation()},
                                      {"trace_id", call.trace.trace_id()}});
    co_return report;
  }

  rpc::Calls& calls_;
  store::Database& database_;
  ChangeAccounts& change_;
  auth::VerifyConnection& verify_;
};

class AuthApi::Tokens final : public v1::TokenService::CallbackService {
 public:
  Tokens(rpc::Calls& calls, IssueTokens& tokens) : calls_(calls), tokens_(tokens) {}

  ServerUnaryReactor* GetAccessToken(CallbackServerContext* context, const v1::GetAccessTokenRequest* request,
                                     v1::GetAccessTokenResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auto& asked, rpc::CallContext call) { return Get(asked, std::move(call)); });
  }

 private:
  Task<Result<v1::GetAccessTokenResponse>> Get(const v1::GetAccessTokenRequest& request, rpc::CallContext call) {
    TokenWish wish{.rejected_fingerprint = request.rejected_token_fingerprint()};
    const auto given = co_await tokens_.Get(AccountId{request.account_id()}, std::move(wish), call.trace.ToHeader());
    if (!given) co_return ForCaller(given.error());
    log::Info("token_given", {{"audit", true},
                              {"caller", call.caller},
                              {"account_id", request.account_id()},
                              {"seller_id", given->seller_id},
                              {"trace_id", call.trace.trace_id()}});
    v1::GetAccessTokenResponse response;
    response.set_access_token(given->token.value.Reveal());
    *response.mutable_expires_at() = ToTimestamp(given->token.life.expires_at);
    response.set_seller_id(given->seller_id.value());
    response.set_sales_channel_id(given->sales_channel_id.value());
    co_return response;
  }

  rpc::Calls& calls_;
  IssueTokens& tokens_;
};

AuthApi::AuthApi(rpc::Calls& calls, store::Database& database, ChangeAccounts& change, IssueTokens& tokens,
                 VerifyConnection& verify)
    : accounts_(std::make_unique<Accounts>(calls, database, change, verify)),
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
