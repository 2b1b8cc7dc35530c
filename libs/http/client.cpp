#include "http/client.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/system/system_error.hpp>
#include <map>
#include <utility>

#include "http/connect.hpp"
#include "http/connection_pool.hpp"
#include "http/tls_context.hpp"
#include "http/wire.hpp"

namespace cdiscount::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLongestTimeout = std::chrono::hours{24};  // so that a deadline never overflows

/// RFC 9110, 9.2.1: asking for it twice is asking for it once.
bool IsSafe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

bool IsToken(std::string_view method) {
  return detail::AreWellFormed(Headers{{std::string(method), ""}});
}

/// The outcome of one request on one connection.
struct Exchange {
  Result<Response> result;
  bool kept_connection_was_closed =
      false;  ///< Nothing of an answer arrived; the request may go out again if it is safe.
};

}  // namespace

class Client::Impl {
 public:
  Impl(asio::any_io_executor executor, ClientOptions options)
      : executor_(std::move(executor)),
        options_(std::move(options)),
        context_(detail::MakeClientContext(options_.ca_file).value()),
        trust_(options_.ca_file.empty() ? "the system's trust store" : options_.ca_file) {}

  Task<Result<Response>> Send(Request request, milliseconds timeout, bool* seen) {
    const auto deadline = steady_clock::now() + std::min(timeout, kLongestTimeout);
    try {
      co_return co_await Run(request, deadline, seen);
    } catch (const boost::system::system_error& thrown) {
      // The coroutine was cancelled between two waits.
      if (thrown.code() != asio::error::operation_aborted) throw;
    }
    co_return Error{ErrorCode::kCancelled, request.method + " was cancelled"};
  }

 private:
  Task<Result<Response>> Run(const Request& request, SteadyTime deadline, bool* seen);
  Task<Exchange> Try(const Request& request, const Url& url, SteadyTime deadline, bool* seen,
                     detail::ConnectionPool::Lease& lease, bool may_use_kept);
  std::shared_ptr<detail::ConnectionPool> PoolFor(const Url& url);
  Error Explain(const error_code& error, const Request& request, const Url& url) const;

  asio::any_io_executor executor_;
  ClientOptions options_;
  std::unique_ptr<asio::ssl::context> context_;
  std::string trust_;
  std::map<std::string, std::shared_ptr<detail::ConnectionPool>> pools_;
};

Task<Result<Response>> Client::Impl::Run(const Request& request, SteadyTime deadline, bool* seen) {
  const auto url = ParseUrl(request.url);
  if (!url) co_return url.error();
  if (!IsToken(request.method) || !detail::AreWellFormed(request.headers)) {
    co_return Error{
        ErrorCode::kInvalidArgument,
        "a request to " + url->Origin() + " has a method or a header field with characters that HTTP forbids"};
  }
  if (steady_clock::now() >= deadline) {
    co_return Error{ErrorCode::kDeadlineExceeded, request.method + ' ' + url->Origin() + ": no time was left to begin"};
  }
  auto lease = co_await PoolFor(*url)->Acquire(deadline);
  if (!lease) {
    auto error = lease.error();
    error.message = request.method + ' ' + url->Origin() + ": " + error.message;
    co_return error;
  }
  auto first = co_await Try(request, *url, deadline, seen, *lease, true);
  if (!first.kept_connection_was_closed || !IsSafe(request.method)) co_return std::move(first.result);
  auto second = co_await Try(request, *url, deadline, seen, *lease, false);
  co_return std::move(second.result);
}

Task<Exchange> Client::Impl::Try(const Request& request, const Url& url, SteadyTime deadline, bool* seen,
                                 detail::ConnectionPool::Lease& lease, bool may_use_kept) {
  auto connection = may_use_kept ? lease.TakeKept() : nullptr;
  const bool kept = connection != nullptr;
  if (!kept) {
    auto transport = co_await detail::Connect(executor_, *context_, url, deadline, trust_);
    if (!transport) co_return Exchange{transport.error()};
    connection = std::make_unique<detail::Connection>();
    connection->transport = std::move(*transport);
  }
  auto& transport = *connection->transport;
  transport.ExpireAt(deadline);
  if (seen) *seen = true;
  auto head = detail::RequestHead(request, url.target, url.host_header, options_.user_agent);
  Response response;
  detail::ReadEnd end;
  end.error = co_await detail::WriteMessage(transport, std::move(head), request.body);
  if (!end.error) {
    const detail::Limits limits{options_.header_limit, options_.body_limit};
    end = co_await detail::ReadResponse(transport, connection->inbox, limits, request.method == "HEAD", response);
  }
  if (end.error) {
    Exchange failed{Explain(end.error, request, url)};
    failed.kept_connection_was_closed = kept && !end.any_byte && failed.result.error().code == ErrorCode::kUnavailable;
    co_return failed;
  }
  // Bytes beyond the answer belong to no request: the next one would take them for its own.
  const bool clean = connection->inbox.size() == 0 && !transport.HoldsBytes();
  if (end.keep_alive && clean && response.status != 101) lease.Keep(std::move(connection));
  co_return Exchange{std::move(response)};
}

std::shared_ptr<detail::ConnectionPool> Client::Impl::PoolFor(const Url& url) {
  const auto oldest = steady_clock::now() - options_.idle_timeout;
  for (const auto& [origin, pool] : pools_) pool->CloseIdleSince(oldest);
  std::erase_if(pools_, [](const auto& entry) { return entry.second->empty(); });
  auto& pool = pools_[url.Origin()];
  if (!pool) pool = std::make_shared<detail::ConnectionPool>(executor_, options_.connections_per_host);
  return pool;
}

Error Client::Impl::Explain(const error_code& error, const Request& request, const Url& url) const {
  namespace http = boost::beast::http;
  const std::string what = request.method + ' ' + url.Origin() + url.target.substr(0, url.target.find('?')) + ": ";
  if (detail::IsTimeout(error)) return {ErrorCode::kDeadlineExceeded, what + "no whole answer until the deadline"};
  if (error == asio::error::operation_aborted) return {ErrorCode::kCancelled, what + "cancelled"};
  if (error == http::error::body_limit) {
    return {ErrorCode::kUnreadable,
            what + "the answer's body is longer than " + std::to_string(options_.body_limit) + " bytes"};
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return {ErrorCode::kUnreadable,
            what + "the answer's head is longer than " + std::to_string(options_.header_limit) + " bytes"};
  }
  if (detail::IsProtocolError(error)) {
    return {ErrorCode::kUnreadable, what + "the answer is not HTTP/1.1: " + error.message()};
  }
  return {ErrorCode::kUnavailable, what + "the connection broke: " + error.message()};
}

Client::Client(asio::any_io_executor executor, ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options))) {}
Client::~Client() = default;

Task<Result<Response>> Client::Send(Request request, milliseconds timeout, bool* request_may_have_been_seen) {
  return impl_->Send(std::move(request), timeout, request_may_have_been_seen);
}

}  // namespace cdiscount::http
