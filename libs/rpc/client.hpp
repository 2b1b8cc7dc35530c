#pragma once

#include <grpcpp/client_context.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "core/task.hpp"
#include "rpc/channel.hpp"
#include "rpc/unary.hpp"
#include "telemetry/trace_context.hpp"

namespace cdiscount::rpc {

struct CallOptions {
  std::chrono::milliseconds deadline{5000};                      ///< For the whole call.
  std::optional<telemetry::TraceContext> trace = std::nullopt;   ///< The caller's span; a new trace without it.
  std::string idempotency_key = {};                              ///< Sent as metadata when not empty.
  /// Waits for a server that is away, until the deadline, instead of failing at once.
  bool wait_for_ready = false;
};

namespace detail {
/// Starts a call with this context; the function is called exactly once, on any thread.
using StartCall = std::function<void(grpc::ClientContext*, std::function<void(grpc::Status)>)>;
Task<Status> Send(Channel& channel, std::string method, CallOptions options, StartCall start);
}  // namespace detail

/// Calls the methods of one service:
///
///     rpc::Client<auth::v1::TokenService> tokens{channel};
///     auto token = co_await tokens.Call(&auth::v1::TokenService::Stub::async::GetAccessToken, request, options);
///
/// An answer that is no success is an Error (rpc/status.hpp); cancelling the coroutine cancels the call. Use it on the
/// channel's executor.
template <class Service>
class Client {
 public:
  explicit Client(Channel& channel) : channel_(channel), stub_(Service::NewStub(channel.grpc())) {}

  template <class Async, class Request, class Response>
  Task<Result<Response>> Call(void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                                                    std::function<void(grpc::Status)>),
                              std::type_identity_t<Request> request, CallOptions options = {}) {
    Response response;
    const detail::StartCall start = [&](grpc::ClientContext* context, std::function<void(grpc::Status)> done) {
      (stub_->async()->*method)(context, &request, &response, std::move(done));
    };
    auto status = co_await detail::Send(channel_, detail::MethodOf(Request::descriptor()->name()), std::move(options), start);
    if (!status) co_return status.error();
    co_return std::move(response);
  }

 private:
  Channel& channel_;
  std::unique_ptr<typename Service::Stub> stub_;
};

}  // namespace cdiscount::rpc
