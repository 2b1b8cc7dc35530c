#pragma once

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <string>

#include "cdiscount/auth/v1/account_service.grpc.pb.h"
#include "cdiscount/inbox/v1/dead_letter_service.grpc.pb.h"
#include "cdiscount/orders/v1/order_query_service.grpc.pb.h"
#include "core/result.hpp"
#include "core/task.hpp"
#include "rpc/calls.hpp"
#include "rpc/unary.hpp"

namespace cdiscount::cli::fakes {

/// One call of a service: answers with the value or the error that the test set, and keeps the request.
template <class Request, class Response>
struct Scripted {
  Result<Response> answer = Response{};
  Request asked;

  grpc::ServerUnaryReactor* Reply(rpc::Calls& calls, grpc::CallbackServerContext* context, const Request* request,
                                  Response* response) {
    return rpc::Unary(calls, context, request, response,
                      [this](const Request& given, rpc::CallContext) { return Answer(given); });
  }
  Task<Result<Response>> Answer(const Request& given) {
    asked = given;
    co_return answer;
  }
};

/// The account service: `known` accounts in pages, one scripted answer for each other call.
class FakeAccounts final : public auth::v1::AccountService::CallbackService {
 public:
  explicit FakeAccounts(rpc::Calls& calls) : calls_(calls) {}
  grpc::ServerUnaryReactor* CreateAccount(grpc::CallbackServerContext* context,
                                          const auth::v1::CreateAccountRequest* request,
                                          auth::v1::CreateAccountResponse* response) override {
    return create.Reply(calls_, context, request, response);
  }
  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                         const auth::v1::ListAccountsRequest* request,
                                         auth::v1::ListAccountsResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auth::v1::ListAccountsRequest& asked, rpc::CallContext) { return List(asked); });
  }
  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context, const auth::v1::GetAccountRequest* request,
                                       auth::v1::GetAccountResponse* response) override {
    return get.Reply(calls_, context, request, response);
  }
  grpc::ServerUnaryReactor* VerifyConnection(grpc::CallbackServerContext* context,
                                             const auth::v1::VerifyConnectionRequest* request,
                                             auth::v1::VerifyConnectionResponse* response) override {
    return verify.Reply(calls_, context, request, response);
  }

  Scripted<auth::v1::CreateAccountRequest, auth::v1::CreateAccountResponse> create;
  Scripted<auth::v1::GetAccountRequest, auth::v1::GetAccountResponse> get;
  auth::v1::ListAccountsResponse known;
  int page_size = 1000;  ///< Of a list; the request's own page size is not looked at.
  Scripted<auth::v1::VerifyConnectionRequest, auth::v1::VerifyConnectionResponse> verify;

 private:
  Task<Result<auth::v1::ListAccountsResponse>> List(const auth::v1::ListAccountsRequest& asked) {
    auth::v1::ListAccountsResponse page;
    int next = asked.page_token().empty() ? 0 : std::stoi(asked.page_token());
    for (; next < known.accounts_size() && page.accounts_size() < page_size; ++next) {
      *page.add_accounts() = known.accounts(next);
    }
    if (next < known.accounts_size()) page.set_next_page_token(std::to_string(next));
    co_return page;
  }
  rpc::Calls& calls_;
};

/// The order query service: `known` orders in pages, one scripted answer for each other call.
class FakeOrders final : public orders::v1::OrderQueryService::CallbackService {
 public:
  explicit FakeOrders(rpc::Calls& calls) : calls_(calls) {}
  grpc::ServerUnaryReactor* ListOrders(grpc::CallbackServerContext* context,
                                       const orders::v1::ListOrdersRequest* request,
                                       orders::v1::ListOrdersResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const orders::v1::ListOrdersRequest& asked, rpc::CallContext) { return List(asked); });
  }
  grpc::ServerUnaryReactor* GetOrder(grpc::CallbackServerContext* context, const orders::v1::GetOrderRequest* request,
                                     orders::v1::GetOrderResponse* response) override {
    return get.Reply(calls_, context, request, response);
  }
  grpc::ServerUnaryReactor* ListSyncStatus(grpc::CallbackServerContext* context,
                                           const orders::v1::ListSyncStatusRequest* request,
                                           orders::v1::ListSyncStatusResponse* response) override {
    return status.Reply(calls_, context, request, response);
  }

  grpc::ServerUnaryReactor* ListUnreadableOrders(grpc::CallbackServerContext* context,
                                                 const orders::v1::ListUnreadableOrdersRequest* request,
                                                 orders::v1::ListUnreadableOrdersResponse* response) override {
    return unreadable.Reply(calls_, context, request, response);
  }
  grpc::ServerUnaryReactor* GetUnreadableOrder(grpc::CallbackServerContext* context,
                                               const orders::v1::GetUnreadableOrderRequest* request,
                                               orders::v1::GetUnreadableOrderResponse* response) override {
    return one_unreadable.Reply(calls_, context, request, response);
  }

  int known = 0;
  orders::v1::ListOrdersRequest last_request;
  Scripted<orders::v1::ListUnreadableOrdersRequest, orders::v1::ListUnreadableOrdersResponse> unreadable;
  Scripted<orders::v1::GetUnreadableOrderRequest, orders::v1::GetUnreadableOrderResponse> one_unreadable;
  Scripted<orders::v1::GetOrderRequest, orders::v1::GetOrderResponse> get;
  Scripted<orders::v1::ListSyncStatusRequest, orders::v1::ListSyncStatusResponse> status;

 private:
  Task<Result<orders::v1::ListOrdersResponse>> List(const orders::v1::ListOrdersRequest& request) {
    last_request = request;
    orders::v1::ListOrdersResponse page;
    int next = request.page_token().empty() ? 0 : std::stoi(request.page_token());
    for (; next < known && page.orders_size() < request.page_size(); ++next) {
      page.add_orders()->mutable_order()->set_order_id(fmt::format("A-{}", next));
    }
    if (next < known) page.set_next_page_token(std::to_string(next));
    co_return page;
  }
  rpc::Calls& calls_;
};

/// The dead letters of a service: a scripted answer for each call.
class FakeDeadLetters final : public inbox::v1::DeadLetterService::CallbackService {
 public:
  explicit FakeDeadLetters(rpc::Calls& calls) : calls_(calls) {}
  grpc::ServerUnaryReactor* ListDeadLetters(grpc::CallbackServerContext* context,
                                            const inbox::v1::ListDeadLettersRequest* request,
                                            inbox::v1::ListDeadLettersResponse* response) override {
    return list.Reply(calls_, context, request, response);
  }
  grpc::ServerUnaryReactor* GetDeadLetter(grpc::CallbackServerContext* context,
                                          const inbox::v1::GetDeadLetterRequest* request,
                                          inbox::v1::GetDeadLetterResponse* response) override {
    return get.Reply(calls_, context, request, response);
  }
  grpc::ServerUnaryReactor* ReplayDeadLetters(grpc::CallbackServerContext* context,
                                              const inbox::v1::ReplayDeadLettersRequest* request,
                                              inbox::v1::ReplayDeadLettersResponse* response) override {
    return replay.Reply(calls_, context, request, response);
  }
  grpc::ServerUnaryReactor* DiscardDeadLetter(grpc::CallbackServerContext* context,
                                              const inbox::v1::DiscardDeadLetterRequest* request,
                                              inbox::v1::DiscardDeadLetterResponse* response) override {
    return discard.Reply(calls_, context, request, response);
  }

  Scripted<inbox::v1::ListDeadLettersRequest, inbox::v1::ListDeadLettersResponse> list;
  Scripted<inbox::v1::GetDeadLetterRequest, inbox::v1::GetDeadLetterResponse> get;
  Scripted<inbox::v1::ReplayDeadLettersRequest, inbox::v1::ReplayDeadLettersResponse> replay;
  Scripted<inbox::v1::DiscardDeadLetterRequest, inbox::v1::DiscardDeadLetterResponse> discard;

 private:
  rpc::Calls& calls_;
};

}  // namespace cdiscount::cli::fakes
