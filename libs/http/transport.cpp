#include "http/transport.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <utility>

namespace cdiscount::http::detail {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Buffers = std::array<asio::const_buffer, 2>;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

/// What is the same over both kinds of stream.
template <class Stream>
class Over : public Transport {
 public:
  template <class... Arguments>
  explicit Over(Arguments&&... arguments) : stream_(std::forward<Arguments>(arguments)...) {}

  tcp::socket& Socket() override { return Tcp().socket(); }
  void ExpireAt(SteadyTime deadline) override { Tcp().expires_at(deadline); }
  Task<std::tuple<error_code>> Connect(tcp::endpoint to) override { return Tcp().async_connect(to, kTuple); }
  Task<std::tuple<error_code>> Handshake() override { co_return error_code{}; }
  Task<std::tuple<error_code, std::size_t>> ReadSome(asio::mutable_buffer into) override {
    return stream_.async_read_some(into, kTuple);
  }
  Task<std::tuple<error_code, std::size_t>> Write(Buffers buffers) override {
    return asio::async_write(stream_, buffers, kTuple);
  }

 protected:
  Stream stream_;

 private:
  boost::beast::tcp_stream& Tcp() { return boost::beast::get_lowest_layer(stream_); }
};

using Plain = Over<boost::beast::tcp_stream>;

class Tls final : public Over<asio::ssl::stream<boost::beast::tcp_stream>> {
 public:
  Tls(tcp::socket socket, asio::ssl::context& context, asio::ssl::stream_base::handshake_type side)
      : Over(std::move(socket), context), side_(side) {}

  /// Client side: the certificate must be good and must be for `host`; the server learns which name was asked for.
  void Verify(std::string host) {
    error_code is_name;
    asio::ip::make_address(host, is_name);
    if (is_name) SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str());
    stream_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(
        [this, host, check = asio::ssl::host_name_verification(host)](bool good, asio::ssl::verify_context& chain) {
          if (!good) {
            refusal_ = X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain.native_handle()));
            return false;
          }
          if (!check(good, chain)) {
            refusal_ = "it is a certificate for another host than " + host;
            return false;
          }
          return true;
        });
  }

  std::string RefusalReason() const override { return refusal_; }
  bool HoldsBytes() const override {
    auto* const native = const_cast<asio::ssl::stream<boost::beast::tcp_stream>&>(stream_).native_handle();
    return SSL_pending(native) > 0 || BIO_pending(SSL_get_rbio(native)) > 0;
  }

  Task<std::tuple<error_code>> Handshake() override { return stream_.async_handshake(side_, kTuple); }

 private:
  asio::ssl::stream_base::handshake_type side_;
  std::string refusal_;
};

}  // namespace

std::unique_ptr<Transport> MakePlain(tcp::socket socket) {
  return std::make_unique<Plain>(std::move(socket));
}

std::unique_ptr<Transport> MakeTlsServer(tcp::socket socket, asio::ssl::context& context) {
  return std::make_unique<Tls>(std::move(socket), context, asio::ssl::stream_base::server);
}

std::unique_ptr<Transport> MakeTlsClient(tcp::socket socket, asio::ssl::context& context, std::string host) {
  auto transport = std::make_unique<Tls>(std::move(socket), context, asio::ssl::stream_base::client);
  transport->Verify(std::move(host));
  return transport;
}

bool IsTimeout(const error_code& error) {
  return error == boost::beast::error::timeout;
}

}  // namespace cdiscount::http::detail
