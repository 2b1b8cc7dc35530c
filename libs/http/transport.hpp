#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <tuple>

#include "core/clock.hpp"
#include "core/task.hpp"

// Inside libs/http only: what the client and the server share about one connection.
namespace cdiscount::http::detail {

/// A byte stream over TCP, plain or TLS, with one deadline for all of its waits. An operation that meets the deadline
/// fails with beast::error::timeout and the socket is closed; one whose coroutine is cancelled fails with
/// operation_aborted, after which the stream is of no more use.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual boost::asio::ip::tcp::socket& Socket() = 0;
  /// For the operations that start from now on.
  virtual void ExpireAt(SteadyTime deadline) = 0;

  virtual Task<std::tuple<boost::system::error_code>> Connect(boost::asio::ip::tcp::endpoint to) = 0;
  /// Nothing to do, and done at once, on a plain stream.
  virtual Task<std::tuple<boost::system::error_code>> Handshake() = 0;
  virtual Task<std::tuple<boost::system::error_code, std::size_t>> ReadSome(boost::asio::mutable_buffer into) = 0;
  /// Writes all of both buffers, or fails.
  virtual Task<std::tuple<boost::system::error_code, std::size_t>> Write(
      std::array<boost::asio::const_buffer, 2> buffers) = 0;

  /// True when bytes were taken from the socket that no read has asked for yet.
  virtual bool HoldsBytes() const { return false; }

  /// Why the other side's certificate was refused, in words; empty when it was not.
  virtual std::string RefusalReason() const { return {}; }

  /// Ends every wait on this stream with an error.
  void Close() {
    boost::system::error_code ignored;
    std::ignore = Socket().close(ignored);
  }
};

std::unique_ptr<Transport> MakePlain(boost::asio::ip::tcp::socket socket);
std::unique_ptr<Transport> MakeTlsServer(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context);
/// Checks the certificate against `context` and against `host` (a name or an address).
std::unique_ptr<Transport> MakeTlsClient(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context,
                                         std::string host);

/// True for the error of an operation that met the stream's deadline.
bool IsTimeout(const boost::system::error_code& error);

}  // namespace cdiscount::http::detail
