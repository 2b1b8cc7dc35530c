#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "core/task.hpp"

namespace cdiscount::fakes {

using Socket = boost::asio::ip::tcp::socket;

/// A TCP server on a free port of the loopback that does on each connection exactly what a test says. It accepts until
/// it is destroyed; its connections live until their script ends or the io_context does.
class RawPeer {
 public:
  /// `script` gets the connection and its number, from 1.
  using Script = std::function<Task<>(Socket&, int)>;

  RawPeer(boost::asio::io_context& io, Script script) : state_(std::make_shared<State>(io, std::move(script))) {
    boost::asio::co_spawn(io, Accept(state_), boost::asio::detached);
  }
  ~RawPeer() {
    boost::system::error_code ignored;
    std::ignore = state_->acceptor.close(ignored);
  }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  int connections() const { return state_->connections; }
  int closed() const { return state_->closed; }
  std::string url(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(state_->acceptor.local_endpoint().port()) + "/";
  }

 private:
  struct State {
    State(boost::asio::io_context& io, Script what)
        : acceptor(io, {boost::asio::ip::address_v4::loopback(), 0}), script(std::move(what)) {}
    boost::asio::ip::tcp::acceptor acceptor;
    Script script;
    int connections = 0;
    int closed = 0;
  };

  static Task<> Accept(std::shared_ptr<State> state) {
    while (state->acceptor.is_open()) {
      auto [error, socket] = co_await state->acceptor.async_accept(boost::asio::as_tuple(boost::asio::use_awaitable));
      if (error) co_return;
      boost::asio::co_spawn(state->acceptor.get_executor(), Serve(state, std::move(socket), ++state->connections),
                            boost::asio::detached);
    }
  }
  static Task<> Serve(std::shared_ptr<State> state, Socket socket, int number) {
    co_await state->script(socket, number);
    boost::system::error_code ignored;
    std::ignore = socket.close(ignored);
    ++state->closed;
  }

  std::shared_ptr<State> state_;
};

/// Reads one request without a body; gives its text, empty when the connection ended before.
inline Task<std::string> ReadHead(Socket& socket) {
  std::string head;
  const auto [error, bytes] = co_await boost::asio::async_read_until(
      socket, boost::asio::dynamic_buffer(head), "\r\n\r\n", boost::asio::as_tuple(boost::asio::use_awaitable));
  if (error) head.clear();
  co_return head;
}

inline Task<> WriteText(Socket& socket, std::string text) {
  co_await boost::asio::async_write(socket, boost::asio::buffer(text),
                                    boost::asio::as_tuple(boost::asio::use_awaitable));
}

/// Runs `io` until `condition` holds; false when that takes longer than `patience`.
template <class Condition>
bool RunUntil(boost::asio::io_context& io, Condition condition,
              std::chrono::milliseconds patience = std::chrono::seconds{10}) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  io.restart();
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    io.run_one_for(std::chrono::milliseconds{20});
    if (io.stopped()) io.restart();
  }
  return true;
}

}  // namespace cdiscount::fakes
