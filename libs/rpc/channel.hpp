#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "rpc/server.hpp"
#include "telemetry/metrics.hpp"

namespace grpc {
class Channel;
}  // namespace grpc

namespace cdiscount::rpc {

struct ChannelOptions {
  std::string target;                             ///< "host:port".
  std::optional<MutualTls> tls = std::nullopt;    ///< Plain text without it: for loopback only.
  std::size_t message_limit = 4 * 1024 * 1024;    ///< Bytes, both ways.
};

/// A connection to one server, made when first needed and again when it was lost. Every object of rpc::Client on it
/// completes on `executor`. Thread-safe. Outlives its clients.
class Channel {
 public:
  /// Never fails: a server that is away is an answer of a call. Without metrics nothing is counted; with them
  /// rpc_client_calls_total and rpc_client_call_seconds by method and code.
  Channel(boost::asio::any_io_executor executor, ChannelOptions options, telemetry::Metrics* metrics = nullptr);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  const boost::asio::any_io_executor& executor() const { return executor_; }
  const std::string& target() const { return target_; }
  const std::shared_ptr<grpc::Channel>& grpc() const { return channel_; }
  void Ended(std::string_view method, std::string_view code, std::chrono::duration<double> took);

 private:
  class Series;
  boost::asio::any_io_executor executor_;
  std::string target_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Series> series_;
};

}  // namespace cdiscount::rpc
