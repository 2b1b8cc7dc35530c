#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "core/result.hpp"
#include "core/task.hpp"
#include "rpc/channel.hpp"
#include "rpc/unary.hpp"
#include "telemetry/trace_context.hpp"

namespace cdiscount::rpc {

struct CallOptions {
  std::optional<std::chrono::milliseconds> deadline = {};       ///< For the whole call; else the channel's timeout.
  std::optional<telemetry::TraceContext> trace = std::nullopt;  ///< The caller's span; a new trace without it.
  std::string idempotency_key = {};                             ///< Sent as metadata when not empty.
  /// A connection that is refused is tried again for so long, within the deadline: a server that starts is waited for,
  /// one that is down is told soon.
  std::chrono::milliseconds connect_within{1000};
};

namespace detail {
/// Starts a call with this context; the function is called exactly once, on any thread.
using StartCall = std::function<void(grpc::ClientContext*, std::function<void(grpc::Status)>)>;
/// `exchange` holds what `start` gives gRPC to read and to write: it lives until gRPC is done with it.
Task<Status> Send(Channel& channel, std::string method, CallOptions options, std::shared_ptr<void> exchange,
                  StartCall start);

template <class Request, class Response>
struct Exchange {
  Request request;
  Response response;
};
}  // namespace detail

/// Calls the methods of one service:
///
///     rpc::Client<auth::v1::TokenService> tokens{channel};
///     auto token = co_await tokens.Call(&auth::v1::TokenService::Stub::async::GetAccessToken, request, options);
///
/// An answer that is no success is an Error (rpc/status.hpp); a server that cannot be reached is kUnavailable with its
/// address in the message. Cancelling the coroutine (terminal) cancels the call, which then fails with kCancelled or
/// throws operation_aborted. Use it on the channel's executor.
template <class Service>
class Client {
 public:
  explicit Client(Channel& channel) : channel_(channel), stub_(Service::NewStub(channel.grpc())) {}

  template <class Async, class Request, class Response>
  Task<Result<Response>> Call(void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                                                    std::function<void(grpc::Status)>),
                              std::type_identity_t<Request> request, CallOptions options = {}) {
    auto exchange = std::make_shared<detail::Exchange<Request, Response>>();
    exchange->request = std::move(request);
    detail::StartCall start = [this, method, held = exchange.get()](grpc::ClientContext* context,
                                                                    std::function<void(grpc::Status)> done) {
      (stub_->async()->*method)(context, &held->request, &held->response, std::move(done));
    };
    auto name = detail::MethodOf(Request::descriptor()->name());
    auto status = co_await detail::Send(channel_, std::move(name), std::move(options), exchange, std::move(start));
    if (!status) co_return status.error();
    co_return std::move(exchange->response);
  }

 private:
  Channel& channel_;
  std::unique_ptr<typename Service::Stub> stub_;
};

}  // namespace cdiscount::rpc
