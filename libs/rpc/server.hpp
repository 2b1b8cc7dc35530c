#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace cdiscount::rpc {

/// Both sides show a certificate.
struct MutualTls {
  std::string certificate_chain_file;  ///< PEM, ours.
  std::string private_key_file;        ///< PEM, ours.
  std::string peer_ca_file;            ///< PEM, who signs the other side's certificate.
};

struct ServerOptions {
  std::string address = "127.0.0.1";  ///< An IP address. Another than loopback needs `tls` (ARCHITECTURE.md, 3.4).
  std::uint16_t port = 0;             ///< 0 = any free one; port() tells which.
  std::optional<MutualTls> tls = std::nullopt;
  bool reflection = false;                                   ///< Lets tools list the services; off in production.
  std::size_t message_limit = std::size_t{4} * 1024 * 1024;  ///< Bytes, both ways.
};

/// Fails with kInvalidArgument, field and remedy when the address is not a loopback one and `tls` is not given.
Status CheckListener(const ServerOptions& options);

/// A gRPC server for services of the callback API (rpc/unary.hpp), with the standard health service. It listens when
/// the constructor returns. Thread-safe.
class Server {
 public:
  /// `services` must outlive this object. Throws BadResult: kInvalidArgument for options that CheckListener or TLS
  /// refuses, kUnavailable when the port is taken.
  Server(ServerOptions options, std::vector<grpc::Service*> services);
  /// Drains with no grace.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const { return port_; }

  /// The health service says NOT_SERVING, new calls are refused, running ones get `grace` to end and are then
  /// cancelled. Returns when no call is left: call it from a thread on which no call depends (service::Host does).
  void Drain(std::chrono::milliseconds grace);

 private:
  std::unique_ptr<grpc::Server> server_;
  std::uint16_t port_ = 0;
  std::atomic<bool> drained_ = false;
};

}  // namespace cdiscount::rpc
