#include "http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <tuple>

#include "http/tls_context.hpp"
#include "http/wire.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::http {
namespace {

log::Limited& HandlerTrouble() {
  static log::Limited limited{std::chrono::seconds{10}};
  return limited;
}

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr milliseconds kAcceptPause{50};  // out of file descriptors: one has to be closed first
constexpr milliseconds kLingerAtMost{2000};

}  // namespace

std::optional<std::string> ServerRequest::Query(std::string_view key) const {
  for (const auto& [name, value] : query) {
    if (name == key) return value;
  }
  return std::nullopt;
}

/// Shared by the Server and its coroutines: a Server destroyed without Stop leaves them to end by themselves.
class Server::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::any_io_executor executor, ServerOptions options, Handler handler)
      : executor_(executor),
        options_(std::move(options)),
        handler_(std::move(handler)),
        acceptor_(executor),
        all_ended_(executor, steady_clock::time_point::max()) {}

  Status Open();
  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return connections_.size(); }
  Task<> Stop(milliseconds grace);
  void Abandon();

 private:
  struct Connection {
    std::unique_ptr<detail::Transport> transport;
    asio::cancellation_signal cancel;
    bool busy = false;  ///< A request has begun to arrive and is not answered yet.
  };

  Task<> Accept();
  void Start(tcp::socket socket);
  Task<> Serve(Connection& connection);
  Task<> ServeRequests(Connection& connection);
  Task<ServerResponse> Answer(ServerRequest request);
  Task<bool> Deliver(detail::Transport& transport, const ServerResponse& response, bool to_head, bool keep_alive);
  Task<> Refuse(detail::Transport& transport, int status);
  void EndAll();
  void OneEnded();

  asio::any_io_executor executor_;
  ServerOptions options_;
  Handler handler_;
  std::unique_ptr<asio::ssl::context> tls_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  bool stopping_ = false;
  std::list<Connection> connections_;
  std::size_t coroutines_ = 0;
  asio::steady_timer all_ended_;  ///< Cancelled when the last coroutine ends.
};

Status Server::Impl::Open() {
  if (options_.tls) {
    auto context = detail::MakeServerContext(*options_.tls);
    if (!context) return context.error();
    tls_ = std::move(*context);
  }
  error_code error;
  const auto address = asio::ip::make_address(options_.address, error);
  if (error) {
    return Error{ErrorCode::kInvalidArgument, "'" + options_.address + "' is no IP address to listen on"};
  }
  const tcp::endpoint endpoint(address, options_.port);
  if (acceptor_.open(endpoint.protocol(), error) ||
      acceptor_.set_option(asio::socket_base::reuse_address(true), error) || acceptor_.bind(endpoint, error) ||
      acceptor_.listen(asio::socket_base::max_listen_connections, error)) {
    return Error{ErrorCode::kUnavailable, "cannot listen on " + options_.address + ":" + std::to_string(options_.port) +
                                              ": " + error.message() + "; choose another port or 0 for a free one"};
  }
  port_ = acceptor_.local_endpoint().port();
  ++coroutines_;
  asio::co_spawn(executor_, Accept(), [self = shared_from_this()](std::exception_ptr) { self->OneEnded(); });
  return Ok();
}

Task<> Server::Impl::Accept() {
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(kTuple);
    if (!acceptor_.is_open()) break;
    if (error) {
      asio::steady_timer pause(executor_, kAcceptPause);
      co_await pause.async_wait(kTuple);
      continue;
    }
    if (connections_.size() < options_.connection_limit) Start(std::move(socket));
  }
}

void Server::Impl::Start(tcp::socket socket) {
  error_code ignored;
  std::ignore = socket.set_option(tcp::no_delay(true), ignored);
  auto& connection = connections_.emplace_back();
  const auto place = std::prev(connections_.end());
  connection.transport = tls_ ? detail::MakeTlsServer(std::move(socket), *tls_) : detail::MakePlain(std::move(socket));
  ++coroutines_;
  asio::co_spawn(
      executor_, Serve(connection),
      asio::bind_cancellation_slot(connection.cancel.slot(), [self = shared_from_this(), place](std::exception_ptr) {
        self->connections_.erase(place);
        self->OneEnded();
      }));
}

Task<> Server::Impl::Serve(Connection& connection) {
  try {
    co_await ServeRequests(connection);
  } catch (const boost::system::system_error& thrown) {
    if (thrown.code() != asio::error::operation_aborted) throw;  // else: cancelled by Stop between two waits
  }
  connection.transport->Close();
}

Task<> Server::Impl::ServeRequests(Connection& connection) {
  auto& transport = *connection.transport;
  transport.ExpireAt(steady_clock::now() + options_.transfer_timeout);
  if (const auto [error] = co_await transport.Handshake(); error) co_return;

  detail::Inbox inbox;
  const detail::Limits limits{options_.header_limit, options_.body_limit};
  while (!stopping_) {
    ServerRequest request;
    const auto on_start = [&] {
      connection.busy = true;
      transport.ExpireAt(steady_clock::now() + options_.transfer_timeout);
    };
    transport.ExpireAt(steady_clock::now() + options_.idle_timeout);
    const auto read = co_await detail::ReadRequest(transport, inbox, limits, request, on_start);
    if (read.refuse_with != 0) co_await Refuse(transport, read.refuse_with);
    if (read.error) co_return;

    const bool to_head = request.method == "HEAD";
    transport.ExpireAt(steady_clock::time_point::max());
    const auto response = co_await Answer(std::move(request));
    transport.ExpireAt(steady_clock::now() + options_.transfer_timeout);
    if (!co_await Deliver(transport, response, to_head, read.keep_alive && !stopping_)) co_return;
    connection.busy = false;
  }
}

Task<ServerResponse> Server::Impl::Answer(ServerRequest request) {
  std::string what;
  try {
    auto response = co_await handler_(std::move(request));
    if (detail::AreWellFormed(response.headers) && response.status >= 200 && response.status <= 599) {
      co_return response;
    }
    what = "the handler gave an answer that HTTP cannot carry: status " + std::to_string(response.status) +
           " or a header field with a line end";
  } catch (const std::exception& thrown) {
    what = thrown.what();
  } catch (...) {
    what = "something that is no std::exception";
  }
  if (!stopping_) HandlerTrouble().Error("http_handler_failed", {{"problem", what}});
  ServerResponse failed;
  failed.status = 500;
  failed.headers.Set("Content-Type", "text/plain");
  failed.body = "internal error\n";
  co_return failed;
}

/// True when the connection may carry the next request.
Task<bool> Server::Impl::Deliver(detail::Transport& transport, const ServerResponse& response, bool to_head,
                                 bool keep_alive) {
  if (response.delivery == Delivery::kCloseWithoutAnswer) co_return false;
  const bool has_body = !to_head && response.status != 204 && response.status != 304;
  std::string_view body = has_body ? std::string_view(response.body) : std::string_view{};
  if (response.delivery == Delivery::kCloseInTheMiddle) {
    body = body.substr(0, body.size() / 2);
    keep_alive = false;
  }
  const auto error = co_await detail::WriteMessage(transport, detail::ResponseHead(response, keep_alive), body);
  co_return !error && keep_alive;
}

/// Answers a request that could not be read. Bytes that the client still sends are read and dropped for a while:
/// closing at once would reset the connection, and the client would lose the answer.
Task<> Server::Impl::Refuse(detail::Transport& transport, int status) {
  ServerResponse refusal;
  refusal.status = status;
  refusal.headers.Set("Content-Type", "text/plain");
  refusal.body = "the request cannot be read\n";
  transport.ExpireAt(steady_clock::now() + kLingerAtMost);
  const auto failed = co_await detail::WriteMessage(transport, detail::ResponseHead(refusal, false), refusal.body);
  if (failed) co_return;
  error_code ignored;
  std::ignore = transport.Socket().shutdown(tcp::socket::shutdown_send, ignored);
  std::array<char, 16'384> dropped;
  for (;;) {
    const auto [error, bytes] = co_await transport.ReadSome(asio::buffer(dropped));
    if (error || stopping_) co_return;
  }
}

Task<> Server::Impl::Stop(milliseconds grace) {
  stopping_ = true;
  error_code ignored;
  std::ignore = acceptor_.close(ignored);
  for (auto& connection : connections_) {
    if (!connection.busy) connection.transport->Close();
  }
  if (coroutines_ > 0) {
    all_ended_.expires_after(grace);
    co_await all_ended_.async_wait(kTuple);
  }
  if (coroutines_ > 0) {
    EndAll();
    all_ended_.expires_at(steady_clock::time_point::max());
    co_await all_ended_.async_wait(kTuple);
  }
}

void Server::Impl::Abandon() {
  stopping_ = true;
  error_code ignored;
  std::ignore = acceptor_.close(ignored);
  EndAll();
}

void Server::Impl::EndAll() {
  for (auto next = connections_.begin(); next != connections_.end();) {
    auto& connection = *next++;  // it may end, and leave the list, inside emit
    connection.transport->Close();
    connection.cancel.emit(asio::cancellation_type::terminal);
  }
}

void Server::Impl::OneEnded() {
  if (--coroutines_ == 0) all_ended_.cancel();
}

Result<std::unique_ptr<Server>> Server::Listen(asio::any_io_executor executor, ServerOptions options, Handler handler) {
  auto impl = std::make_shared<Impl>(std::move(executor), std::move(options), std::move(handler));
  if (auto opened = impl->Open(); !opened) return opened.error();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() {
  impl_->Abandon();
}

std::uint16_t Server::port() const {
  return impl_->port();
}

std::size_t Server::connections() const {
  return impl_->connections();
}

Task<> Server::Stop(std::chrono::milliseconds grace) {
  return impl_->Stop(grace);
}

}  // namespace cdiscount::http
