#include "rpc/unary.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "rpc/gate.hpp"
#include "rpc/status.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::rpc::detail {
namespace {

std::string Metadata(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

/// One call: shared by gRPC, which may cancel it and lets go of it in OnDone, and by the network thread, where all else
/// happens.
class UnaryCall final : public grpc::ServerUnaryReactor, public std::enable_shared_from_this<UnaryCall> {
 public:
  UnaryCall(Calls& calls, std::string method, CallContext context, Answer answer)
      : calls_(calls),
        method_(std::move(method)),
        context_(std::move(context)),
        trace_id_(context_.trace.trace_id()),
        caller_(context_.caller),
        answer_(std::move(answer)) {}

  /// On the thread of gRPC that brought the call.
  void Start() {
    grpc_holds_ = shared_from_this();
    if (!calls_.open()) {
      Finish({grpc::StatusCode::UNAVAILABLE, "the service is starting; try again in a moment"});
      return;
    }
    calls_.Began(method_);
    boost::asio::post(calls_.network(), [self = shared_from_this()] { self->Run(); });
  }

  void OnCancel() override {
    boost::asio::post(calls_.network(), [self = shared_from_this()] {
      self->cancelled_ = true;
      if (!self->finished_) self->cancel_.emit(boost::asio::cancellation_type::terminal);
    });
  }

  void OnDone() override { grpc_holds_.reset(); }

 private:
  void Run() {
    auto ended = [self = shared_from_this()](std::exception_ptr thrown, Status status) {
      self->End(thrown ? self->FromException(thrown) : status ? grpc::Status::OK : ToGrpc(status.error()));
    };
    boost::asio::co_spawn(calls_.network(), answer_(std::move(context_)),
                          boost::asio::bind_cancellation_slot(cancel_.slot(), std::move(ended)));
  }

  grpc::Status FromException(const std::exception_ptr& thrown) const {
    try {
      std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
      if (cancelled_ && error.code() == boost::asio::error::operation_aborted) {
        return {grpc::StatusCode::CANCELLED, "the caller went away or its deadline passed"};
      }
      return Bug(error.what());
    } catch (const std::exception& error) {
      return Bug(error.what());
    } catch (...) {
      return Bug("something that is no std::exception");
    }
  }

  grpc::Status Bug(std::string_view what) const {
    log::Error("rpc_failed", {{"method", method_}, {"trace_id", trace_id_}, {"exception", what}});
    return {grpc::StatusCode::INTERNAL, "an internal error; the log has it under trace " + trace_id_};
  }

  void End(const grpc::Status& status) {
    finished_ = true;
    const auto took = std::chrono::steady_clock::now() - began_;
    const auto code = CodeName(status.error_code());
    calls_.Ended(method_, code, took);
    log::Info("rpc_answered", {{"method", method_},
                               {"caller", caller_},
                               {"code", code},
                               {"seconds", std::chrono::duration<double>(took).count()},
                               {"trace_id", trace_id_}});
    Finish(status);
  }

  Calls& calls_;
  const std::string method_;
  CallContext context_;
  const std::string trace_id_;
  const std::string caller_;
  const Answer answer_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::shared_ptr<UnaryCall> grpc_holds_;
  boost::asio::cancellation_signal cancel_;  // of the network thread, like the two below
  bool cancelled_ = false;
  bool finished_ = false;
};

}  // namespace

grpc::ServerUnaryReactor* Start(Calls& calls, grpc::CallbackServerContext* context, std::string method, Answer answer) {
  CallContext call{telemetry::TraceContext::ParseOrNewRoot(Metadata(*context, "traceparent")).Child(),
                   Metadata(*context, "idempotency-key"), CallerOf(*context->auth_context()).Name()};
  const auto unary = std::make_shared<UnaryCall>(calls, std::move(method), std::move(call), std::move(answer));
  unary->Start();
  return unary.get();
}

std::string MethodOf(std::string_view request_type) {
  constexpr std::string_view kSuffix = "Request";
  if (request_type.ends_with(kSuffix)) request_type.remove_suffix(kSuffix.size());
  return std::string(request_type);
}

}  // namespace cdiscount::rpc::detail
