#include "http/connect.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace cdiscount::http::detail {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

Error NoTime(const std::string& what) {
  return {ErrorCode::kDeadlineExceeded, what + " took longer than the deadline"};
}
Error Cancelled(const std::string& what) {
  return {ErrorCode::kCancelled, what + " was cancelled"};
}

/// A name look-up cannot be interrupted: it runs on a thread of Asio's until the system answers. So it owns what it
/// writes to, and its caller may stop waiting.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor, SteadyTime deadline)
      : resolver(executor), done(executor, deadline) {}
  tcp::resolver resolver;
  asio::steady_timer done;
  bool finished = false;
  error_code error;
  std::vector<tcp::endpoint> endpoints;
};

Task<Result<std::vector<tcp::endpoint>>> Resolve(asio::any_io_executor executor, const Url& url, SteadyTime deadline) {
  error_code is_name;
  const auto address = asio::ip::make_address(url.host, is_name);
  if (!is_name) co_return std::vector<tcp::endpoint>{tcp::endpoint(address, url.port)};

  const auto lookup = std::make_shared<Lookup>(executor, deadline);
  lookup->resolver.async_resolve(url.host, std::to_string(url.port), tcp::resolver::numeric_service,
                                 [lookup](const error_code& error, const tcp::resolver::results_type& results) {
                                   lookup->finished = true;
                                   lookup->error = error;
                                   for (const auto& entry : results) lookup->endpoints.push_back(entry.endpoint());
                                   lookup->done.cancel();
                                 });
  const auto [waited] = co_await lookup->done.async_wait(kTuple);
  const std::string what = "the look-up of the name " + url.host;
  if (!lookup->finished) {
    lookup->resolver.cancel();
    if (waited) co_return Cancelled(what);
    co_return NoTime(what);
  }
  if (lookup->error || lookup->endpoints.empty()) {
    co_return Error{ErrorCode::kUnavailable, what + " failed: " + lookup->error.message()};
  }
  co_return std::move(lookup->endpoints);
}

Task<Status> ShakeHands(Transport& transport, const Url& url, SteadyTime deadline, const std::string& trust) {
  transport.ExpireAt(deadline);
  const auto [error] = co_await transport.Handshake();
  if (!error) co_return Ok();
  const std::string what = "the TLS handshake with " + url.Origin();
  if (IsTimeout(error)) co_return NoTime(what);
  if (error == asio::error::operation_aborted) co_return Cancelled(what);
  if (const auto reason = transport.RefusalReason(); !reason.empty()) {
    co_return Error{ErrorCode::kUnavailable, "the certificate of " + url.Origin() + " is refused: " + reason +
                                                 "; it was checked against " + trust +
                                                 ", give the file with the CA that signed it"};
  }
  co_return Error{ErrorCode::kUnavailable, what + " failed: " + error.message()};
}

}  // namespace

Task<Result<std::unique_ptr<Transport>>> Connect(asio::any_io_executor executor, asio::ssl::context& context,
                                                 const Url& url, SteadyTime deadline, const std::string& trust) {
  const auto endpoints = co_await Resolve(executor, url, deadline);
  if (!endpoints) co_return endpoints.error();

  error_code last;
  for (std::size_t i = 0; i < endpoints->size(); ++i) {
    auto transport =
        url.tls ? MakeTlsClient(tcp::socket(executor), context, url.host) : MakePlain(tcp::socket(executor));
    const auto now = steady_clock::now();
    transport->ExpireAt(now + (deadline - now) / static_cast<int>(endpoints->size() - i));
    std::tie(last) = co_await transport->Connect((*endpoints)[i]);
    if (last == asio::error::operation_aborted) co_return Cancelled("the connection to " + url.Origin());
    if (last) continue;

    error_code ignored;
    std::ignore = transport->Socket().set_option(tcp::no_delay(true), ignored);
    const auto shaken = co_await ShakeHands(*transport, url, deadline, trust);
    if (!shaken) co_return shaken.error();
    co_return transport;
  }
  if (IsTimeout(last)) co_return NoTime("the connection to " + url.Origin());
  co_return Error{ErrorCode::kUnavailable, "cannot connect to " + url.Origin() + ": " + last.message()};
}

}  // namespace cdiscount::http::detail
