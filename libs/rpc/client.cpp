#include "rpc/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "rpc/connection_trouble.hpp"
#include "rpc/pending.hpp"
#include "rpc/status.hpp"

namespace cdiscount::rpc::detail {
namespace {

/// Pause between two tries to connect.
constexpr std::chrono::milliseconds kConnectAgainAfter{100};

/// The objects that a call keeps alive while gRPC works on it.
struct Held {
  std::shared_ptr<grpc::ClientContext> context;
  std::shared_ptr<void> exchange;
};

/// Waits for the callback of gRPC, and goes on on the channel's executor.
Task<grpc::Status> Await(Channel& channel, Held held, StartCall start) {
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(grpc::Status)>(
      [](auto handler, Channel& through, Held call, const StartCall& begin) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
          slot.assign([context = call.context](boost::asio::cancellation_type) { context->TryCancel(); });
        }
        // The handler can only be moved, and what gRPC calls must be copyable.
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        auto work = boost::asio::make_work_guard(through.executor());
        auto* const context = call.context.get();
        begin(context, [kept, call = std::move(call), work = std::move(work),
                        pending = through.pending()](grpc::Status status) mutable {
          boost::asio::post(work.get_executor(), [kept = std::move(kept), status = std::move(status)]() mutable {
            boost::asio::get_associated_cancellation_slot(*kept).clear();
            auto continuation = std::move(*kept);
            continuation(std::move(status));
          });
          // Before the call is told to be released: once it is, the Channel may go, and a context that is still held
          // here would end gRPC's channel on gRPC's own thread, which then waits for itself and frees its queue twice.
          pending->Releasing(call.context.get());
          call = {};
          work.reset();
          pending->Released();
        });
      },
      boost::asio::use_awaitable, std::ref(channel), std::move(held), std::move(start));
}

std::shared_ptr<grpc::ClientContext> ContextFor(const CallOptions& options, const Secret& token,
                                                std::chrono::system_clock::time_point deadline) {
  auto context = std::make_shared<grpc::ClientContext>();
  context->set_deadline(deadline);
  const auto trace = options.trace ? options.trace->Child() : telemetry::TraceContext::NewRoot();
  context->AddMetadata("traceparent", trace.ToHeader());
  if (!options.idempotency_key.empty()) context->AddMetadata("idempotency-key", options.idempotency_key);
  if (!token.empty()) context->AddMetadata("authorization", "Bearer " + token.Reveal());
  return context;
}

Task<grpc::Status> SendOnce(Channel& channel, const std::string& method, Held held, StartCall start) {
  const auto began = std::chrono::steady_clock::now();
  channel.pending()->Began(held.context.get(), method);
  auto status = co_await Await(channel, std::move(held), std::move(start));
  channel.pending()->Ended(method, CodeName(status.error_code()), std::chrono::steady_clock::now() - began);
  co_return status;
}

}  // namespace

Task<Status> Send(Channel& channel, std::string method, CallOptions options, std::shared_ptr<void> exchange,
                  StartCall start) {
  const auto began = std::chrono::steady_clock::now();
  const auto whole = options.deadline.value_or(channel.timeout());
  const auto deadline = std::chrono::system_clock::now() + whole;
  const auto patience = std::min(options.connect_within, whole);
  const auto token = channel.Token();
  grpc::Status status;
  for (;;) {
    status =
        co_await SendOnce(channel, method, {ContextFor(options, token ? *token : Secret(), deadline), exchange}, start);
    // Nothing was sent, so it can be sent again. Connections are refused for a moment while a server starts, and gRPC
    // 1.51 takes one that is being made for refused when another system call has changed errno meanwhile.
    if (!NeverConnected(status) || std::chrono::steady_clock::now() - began + kConnectAgainAfter > patience) break;
    boost::asio::steady_timer pause(channel.executor(), kConnectAgainAfter);
    co_await pause.async_wait(boost::asio::use_awaitable);
  }

  if (status.ok()) co_return Ok();
  auto error = FromGrpc(status);
  if (error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadlineExceeded) {
    error.message = fmt::format("{} at {}: {}", method, channel.target(), ConnectionTrouble(error.message));
  }
  if (error.code == ErrorCode::kUnauthenticated && !token) error.message += " (" + token.error().message + ")";
  co_return error;
}

}  // namespace cdiscount::rpc::detail
