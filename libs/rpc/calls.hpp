#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "telemetry/metrics.hpp"
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
class Calls {
 public:
  /// `network` is the host's network thread: every handler runs there.
  Calls(boost::asio::any_io_executor network, telemetry::Metrics& metrics);
  ~Calls();
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  const boost::asio::any_io_executor& network() const { return network_; }
  /// False until the network thread turns: a call that comes earlier is answered UNAVAILABLE, because a start that
  /// fails could never end it.
  bool open() const { return *open_; }
  void Began(std::string_view method);
  /// `code` is the gRPC name, "NOT_FOUND".
  void Ended(std::string_view method, std::string_view code, std::chrono::duration<double> took);

 private:
  class Series;
  boost::asio::any_io_executor network_;
  std::unique_ptr<Series> series_;
  std::shared_ptr<std::atomic<bool>> open_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace cdiscount::rpc
