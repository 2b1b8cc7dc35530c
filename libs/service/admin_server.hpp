#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "http/server.hpp"
#include "service/host.hpp"

namespace cdiscount::service {

struct AdminOptions {
  std::string address = "127.0.0.1";  ///< An IP address; any, for what is shown holds no secret.
  std::uint16_t port = 0;             ///< 0 = any free one.

  /// admin.address, admin.port.
  void Describe(settings::Table& table);
};

/// One line of /readyz: what must hold for this process to do its work. A dependency that is away is not such a thing
/// (ARCHITECTURE.md, 6). `probe` is called on the network thread and must not wait; its error says what is wrong.
struct Check {
  std::string name;
  std::function<Status()> probe;
};

/// The endpoints for those who run the service:
///   /livez    200 as long as the network thread turns
///   /readyz   200 or 503, {"ready":true,"checks":[{"name":"database","ok":true,"problem":""}]}
///   /metrics  for Prometheus
/// Names its port "admin" in the ready file and closes when the host has ended everything else. Listens when the
/// constructor returns; throws BadResult (kInvalidArgument: address, kUnavailable: port taken).
class AdminServer {
 public:
  AdminServer(Host& host, AdminOptions options, std::vector<Check> checks);
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  std::uint16_t port() const { return server_->port(); }

 private:
  Task<http::ServerResponse> Answer(http::ServerRequest request);
  http::ServerResponse Readiness() const;

  Host& host_;
  const std::vector<Check> checks_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace cdiscount::service
