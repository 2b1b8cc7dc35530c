#include "rpc/client.hpp"

#include <fmt/format.h>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "rpc/pending.hpp"
#include "rpc/status.hpp"

namespace cdiscount::rpc::detail {
namespace {

/// Waits for the callback of gRPC, and goes on on the channel's executor.
Task<grpc::Status> Await(Channel& channel, std::shared_ptr<grpc::ClientContext> context, StartCall start) {
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(grpc::Status)>(
      [](auto handler, Channel& through, std::shared_ptr<grpc::ClientContext> call, const StartCall& begin) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
          slot.assign([call](boost::asio::cancellation_type) { call->TryCancel(); });
        }
        // The handler can only be moved, and what gRPC calls must be copyable.
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        auto work = boost::asio::make_work_guard(through.executor());
        begin(call.get(),
              [kept, call, work = std::move(work), pending = through.pending()](grpc::Status status) mutable {
                boost::asio::post(work.get_executor(), [kept, status = std::move(status)]() mutable {
                  boost::asio::get_associated_cancellation_slot(*kept).clear();
                  auto continuation = std::move(*kept);
                  continuation(std::move(status));
                });
                kept.reset();
                work.reset();
                pending->Released(call.get());
              });
      },
      boost::asio::use_awaitable, std::ref(channel), std::move(context), std::move(start));
}

}  // namespace

Task<Status> Send(Channel& channel, std::string method, CallOptions options, StartCall start) {
  const auto began = std::chrono::steady_clock::now();
  const auto context = std::make_shared<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + options.deadline);
  context->set_wait_for_ready(options.wait_for_ready);
  const auto trace = options.trace ? options.trace->Child() : telemetry::TraceContext::NewRoot();
  context->AddMetadata("traceparent", trace.ToHeader());
  if (!options.idempotency_key.empty()) context->AddMetadata("idempotency-key", options.idempotency_key);

  channel.pending()->Began(context.get(), method);
  const auto status = co_await Await(channel, context, std::move(start));
  channel.pending()->Ended(method, CodeName(status.error_code()), std::chrono::steady_clock::now() - began);

  if (status.ok()) co_return Ok();
  auto error = FromGrpc(status);
  if (error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadlineExceeded) {
    error.message = fmt::format("{} at {}: {}", method, channel.target(), error.message);
  }
  co_return error;
}

}  // namespace cdiscount::rpc::detail
