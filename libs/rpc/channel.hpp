#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/secret.hpp"
#include "rpc/server.hpp"
#include "telemetry/metrics.hpp"

namespace grpc {
class Channel;
}  // namespace grpc

namespace cdiscount::rpc {

namespace detail {
class Pending;
class TlsFiles;
}  // namespace detail

struct ChannelOptions {
  std::string target;                           ///< "host:port".
  std::optional<MutualTls> tls = std::nullopt;  ///< Plain text without it: for loopback only.
  std::string server_name = {};  ///< With `tls`: the name in the server's certificate, when it is not the host.
  /// Without `tls`: the server's, read for each call; empty = none. Named by an absolute path, it may be another
  /// user's, whose service is then called (rpc/peer_owner.hpp).
  std::string token_file = {};
  std::size_t message_limit = std::size_t{4} * 1024 * 1024;  ///< Bytes, both ways.
  std::chrono::milliseconds timeout{35'000};                 ///< For one call, where the caller asks for no other.

  /// <prefix>.address, <prefix>.token_file, <prefix>.timeout, <prefix>.tls.{certificate,key,peer_ca,server_name}: of a
  /// server that a service calls.
  void Describe(settings::Table& table, const std::string& prefix);
};

/// Fails with kInvalidArgument for plain text to another host: tokens and secrets would go over the network in the
/// clear.
Status CheckTarget(const ChannelOptions& options);

/// A connection to one server, made when first needed and again when it was lost (within 0.1 to 5 s). Every rpc::Client
/// on it completes on `executor`. Thread-safe. Outlives its clients, and is destroyed before its executor's context.
class Channel {
 public:
  /// A server that is away is no failure here, it is an answer of a call. Throws BadResult (kInvalidArgument) when
  /// CheckTarget refuses, or a file of `tls` cannot be read. With metrics: rpc_client_calls_total{method,code},
  /// rpc_client_call_seconds{method}, rpc_client_calls_running{method}.
  Channel(boost::asio::any_io_executor executor, ChannelOptions options, telemetry::Metrics* metrics = nullptr);
  /// Cancels the calls that are pending, and waits until gRPC has let go of them.
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  const boost::asio::any_io_executor& executor() const { return executor_; }
  const std::string& target() const { return options_.target; }
  std::chrono::milliseconds timeout() const { return options_.timeout; }
  /// The token for a server in plain text; an empty one when there is no file. Fails as ReadTokenFile does.
  Result<Secret> Token() const;
  const std::shared_ptr<grpc::Channel>& grpc() const { return channel_; }
  const std::shared_ptr<detail::Pending>& pending() const { return pending_; }

 private:
  boost::asio::any_io_executor executor_;
  ChannelOptions options_;
  std::unique_ptr<detail::TlsFiles> tls_files_;
  std::shared_ptr<grpc::Channel> channel_;
  std::shared_ptr<detail::Pending> pending_;
};

}  // namespace cdiscount::rpc
