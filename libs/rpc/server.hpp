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
#include "rpc/access.hpp"

namespace grpc {
class Server;
}

namespace cdiscount::settings {
class Table;
}

namespace cdiscount::rpc {

namespace detail {
class TlsFiles;
}

/// Both sides show a certificate. The files are read again while the process runs; what replaces them holds for every
/// connection that is made from then on, as soon as certificate and key fit together.
struct MutualTls {
  std::string certificate_chain_file;   ///< PEM, ours.
  std::string private_key_file;         ///< PEM, ours, not encrypted; for its owner and group alone.
  std::string peer_ca_file;             ///< PEM, who signs the other side's certificate.
  std::chrono::seconds read_again{60};  ///< How often the files are looked at.
};

struct ServerOptions {
  std::string address = "127.0.0.1";  ///< An IP address. Another than 127.0.0.1 and ::1 needs `tls`.
  std::uint16_t port = 0;             ///< 0 = any free one; port() tells which.
  std::optional<MutualTls> tls = std::nullopt;
  /// Without `tls`: who can read this file may call (rpc/token_file.hpp). Made when it is missing.
  std::string token_file = {};
  RolesByName roles = {};   ///< With `tls`: further names of certificates, and their role.
  bool reflection = false;  ///< Lets tools list the services; off in production.
  std::size_t message_limit = std::size_t{4} * 1024 * 1024;  ///< Bytes, both ways.
  int streams = 100;                                         ///< Calls at the same time on one connection.
  /// A connection is ended kindly after it: so a certificate that was taken back does not call for ever.
  std::chrono::milliseconds connection_age = std::chrono::minutes{30};

  /// grpc.address, grpc.port, grpc.token_file, grpc.callers, grpc.reflection, grpc.message_limit, grpc.streams,
  /// grpc.connection_age, grpc.tls.{certificate,key,peer_ca}.
  void Describe(settings::Table& table);
};

/// Fails with kInvalidArgument, field and remedy when the address is not a loopback one and `tls` is not given, or when
/// neither `tls` nor a token file is.
Status CheckListener(const ServerOptions& options);

/// A gRPC server for services of the callback API (rpc/unary.hpp), with the standard health service. The caller's right
/// is checked before any handler runs (rpc/access.hpp). It listens when the constructor returns. Thread-safe.
class Server {
 public:
  /// The services of `apis` must outlive this object. Throws BadResult: kInvalidArgument for options that
  /// CheckListener, Access::Create, the token file or TLS refuses, kInternal for a method without a row, kUnavailable
  /// when the port is taken.
  Server(ServerOptions options, const std::vector<Api>& apis);
  /// Drains with no grace.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const { return port_; }

  /// The health service says NOT_SERVING, new calls are refused, running ones get `grace` to end and are then
  /// cancelled. Returns when no call is left: call it from a thread on which no call depends (service::Host does).
  void Drain(std::chrono::milliseconds grace);

 private:
  std::unique_ptr<detail::TlsFiles> tls_files_;
  std::unique_ptr<grpc::Server> server_;
  std::uint16_t port_ = 0;
  std::atomic<bool> drained_ = false;
};

}  // namespace cdiscount::rpc
