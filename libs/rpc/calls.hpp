#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <utility>

#include "rpc/call_series.hpp"
#include "telemetry/trace_context.hpp"

namespace cdiscount::rpc {

/// The facts about a call that its handler gets besides the request.
struct CallContext {
  telemetry::TraceContext trace;  ///< Our span in the caller's trace.
  std::string idempotency_key;    ///< From the metadata of the same name; empty when there is none.
  std::string caller = {};        ///< The caller, for logs: see Caller::Name.
};

/// Where calls run, and their metrics: rpc_server_calls_total{method,code}, rpc_server_call_seconds{method},
/// rpc_server_calls_running{method}. One per process; outlives the gRPC server. Thread-safe.
class Calls : public detail::CallSeries {
 public:
  /// `network` is the host's network thread: every handler runs there.
  Calls(boost::asio::any_io_executor network, telemetry::Metrics& metrics)
      : CallSeries(metrics, "rpc_server", "Calls that we answer"), network_(std::move(network)) {
    boost::asio::post(network_, [open = open_] { *open = true; });
  }

  const boost::asio::any_io_executor& network() const { return network_; }
  /// False until the network thread turns: a call that comes earlier is answered UNAVAILABLE, because a start that
  /// fails could never end it.
  bool open() const { return *open_; }

 private:
  boost::asio::any_io_executor network_;
  std::shared_ptr<std::atomic<bool>> open_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace cdiscount::rpc
