#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "core/task.hpp"
#include "http/message.hpp"

namespace cdiscount::http {

struct Request {
  std::string method = "GET";
  std::string url;  ///< Absolute: "https://host[:port]/path?query". http:// is spoken in the clear.
  Headers headers;  ///< Host, Content-Length and Connection are set by the client.
  std::string body;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
};

struct ClientOptions {
  std::string ca_file;                    ///< PEM; trusted alone. Empty = the system's trust store.
  std::size_t connections_per_host = 16;  ///< Requests beyond this wait for a connection, within their timeout.
  std::size_t body_limit = std::size_t{16} << 20;    ///< Bytes; a longer answer is an error, never truncated.
  std::size_t header_limit = std::size_t{64} << 10;  ///< Bytes.
  std::chrono::milliseconds idle_timeout{
      30'000};  ///< A connection kept this long is closed at the next call, not used.
  std::string user_agent = "cdiscount-connect";
};

/// An HTTP/1.1 client with one keep-alive pool per scheme, host and port, over TLS (certificate and host name verified,
/// 1.2 or newer) or plain. Requests wait for a free connection in the order they came. It follows no redirects and
/// repeats nothing on its own, with one exception that cannot have had an effect: a kept connection that turns out to
/// be closed is replaced by a new one, once. For GET, HEAD and OPTIONS that is until the first byte of an answer; for
/// every other method only when it was found closed before anything was written.
///
/// Use it from its executor's thread only. Destroy it when no call is pending.
class Client {
 public:
  /// Throws BadResult (kInvalidArgument) when the CA file cannot be read: a wrong setting stops the start.
  Client(boost::asio::any_io_executor executor, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends and waits for the whole answer, `timeout` at most (name look-up, connect, handshake, waiting for a free
  /// connection included). Any status is a Response; what is an Error:
  ///   kInvalidArgument   the URL or a header field cannot be sent
  ///   kUnavailable       no connection, certificate refused (the message says why), or the connection broke
  ///   kDeadlineExceeded  no whole answer in time
  ///   kUnreadable        the answer breaks HTTP or a limit
  ///   kCancelled         the calling coroutine was cancelled
  /// `request_may_have_been_seen`, when given, is set to true just before the first byte of the request is written;
  /// the caller keeps it alive.
  Task<Result<Response>> Send(Request request, std::chrono::milliseconds timeout,
                              bool* request_may_have_been_seen = nullptr);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::http
