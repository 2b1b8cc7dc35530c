#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/task.hpp"
#include "http/message.hpp"

namespace cdiscount::http {

/// A request as a handler sees it.
struct ServerRequest {
  std::string method;
  std::string path;                                        ///< Decoded, without the query: "/seller/v2/orders".
  std::vector<std::pair<std::string, std::string>> query;  ///< Decoded, in order.
  Headers headers;
  std::string body;

  /// The first value of a query key.
  std::optional<std::string> Query(std::string_view key) const;
};

/// How an answer leaves: everything but kComplete is there for tests of the other side.
enum class Delivery {
  kComplete,
  kCloseWithoutAnswer,  ///< The connection is cut after the request was handled; no byte of the answer is sent.
  kCloseInTheMiddle,    ///< The head and half of the body are sent, then the connection is cut.
};

struct ServerResponse {
  int status = 200;
  Headers headers;  ///< Content-Length, Date and Connection are set by the server; a Date set here is kept.
  std::string body;
  Delivery delivery = Delivery::kComplete;
};

/// Called on the server's executor; may wait.
using Handler = std::function<Task<ServerResponse>(ServerRequest)>;

struct ServerTls {
  std::string certificate_chain_file;  ///< PEM.
  std::string private_key_file;        ///< PEM.
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0 = any free one; port() tells which.
  std::optional<ServerTls> tls = std::nullopt;
  std::size_t body_limit = std::size_t{8} << 20;       ///< Bytes; beyond: 413.
  std::size_t header_limit = std::size_t{64} << 10;    ///< Bytes; beyond: 431.
  std::size_t connection_limit = 4096;                 ///< Beyond: accepted and closed at once.
  std::chrono::milliseconds idle_timeout{60'000};      ///< A connection without a request for this long is closed.
  std::chrono::milliseconds transfer_timeout{30'000};  ///< For a handshake, a whole request, a whole answer; each.
};

/// A small HTTP/1.1 server: keep-alive, pipelining in order, TLS or plain, limits, a deadline on every wait. A handler
/// that throws answers 500, its text goes to the log (never anything of the request), and the connection goes on. Use
/// it from its executor's thread only.
class Server {
 public:
  /// Binds and starts to accept. Fails with kUnavailable (address in use) or kInvalidArgument (address, certificate).
  static Result<std::unique_ptr<Server>> Listen(boost::asio::any_io_executor executor, ServerOptions options,
                                                Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  /// How many are open now.
  std::size_t connections() const;

  /// Accepts no more, closes idle connections, gives running requests `grace` to finish, then cancels their handlers
  /// and closes them. When it returns, no coroutine of the server is left; so a handler must end when it is cancelled.
  Task<> Stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace cdiscount::http
