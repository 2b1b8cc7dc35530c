#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "core/task.hpp"
#include "rpc/calls.hpp"

namespace cdiscount::rpc {

namespace detail {
using Answer = std::function<Task<Status>(CallContext)>;
grpc::ServerUnaryReactor* Start(Calls& calls, grpc::CallbackServerContext* context, std::string method, Answer answer);

/// "GetOrder" for the message type cdiscount.orders.v1.GetOrderRequest.
std::string MethodOf(std::string_view request_type);

template <class Response, class Handler, class Request>
Task<Status> AnswerWith(const Handler& handler, const Request& request, Response& response, CallContext call) {
  Result<Response> result = co_await handler(request, std::move(call));
  if (!result) co_return result.error();
  response = std::move(*result);
  co_return Ok();
}
}  // namespace detail

/// Answers one call by a coroutine on the network thread:
///
///     grpc::ServerUnaryReactor* GetOrder(grpc::CallbackServerContext* context, const GetOrderRequest* request,
///                                        GetOrderResponse* response) override {
///       return rpc::Unary(calls_, context, request, response, [this](const GetOrderRequest& asked, rpc::CallContext
///       call) {
///         return Get(asked, std::move(call));   // Task<Result<GetOrderResponse>> Get(const GetOrderRequest&,
///         rpc::CallContext)
///       });
///     }
///
/// The handler is no coroutine itself, it returns one; it and the request live until that one has ended. An Error
/// becomes a status (rpc/status.hpp), an exception INTERNAL with a log line. When the caller goes away or its deadline
/// passes, the coroutine is cancelled (terminal): what it awaits ends with kCancelled or operation_aborted. The
/// method's name in logs and metrics is taken from the request's type.
template <class Request, class Response, class Handler>
grpc::ServerUnaryReactor* Unary(Calls& calls, grpc::CallbackServerContext* context, const Request* request,
                                Response* response, Handler handler) {
  return detail::Start(calls, context, detail::MethodOf(Request::descriptor()->name()),
                       [handler = std::move(handler), request, response](CallContext call) -> Task<Status> {
                         return detail::AnswerWith<Response>(handler, *request, *response, std::move(call));
                       });
}

}  // namespace cdiscount::rpc
