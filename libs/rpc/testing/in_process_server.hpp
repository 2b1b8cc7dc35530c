#pragma once

#include <fmt/format.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <thread>
#include <vector>

#include "rpc/channel.hpp"
#include "rpc/server.hpp"
#include "rpc/testing/token_file.hpp"

namespace cdiscount::fakes {

/// A real gRPC server on a free loopback port, and a channel to it, for tests of handlers and clients. `io` plays the
/// network thread: RunTask(io, ...) answers calls while it waits. Make rpc::Calls from the same `io`, before this.
class InProcessServer {
 public:
  InProcessServer(boost::asio::io_context& io, const std::vector<rpc::Api>& apis)
      : io_(io), server_({.token_file = token_.path()}, apis), channel_(io.get_executor(), options()) {
    io_.restart();
    io_.poll();  // opens the Calls
  }

  /// Cancels what still runs, and turns the network thread until that has ended.
  ~InProcessServer() {
    std::atomic<bool> drained = false;
    const std::jthread drain([&] {
      server_.Drain(std::chrono::milliseconds{0});
      drained = true;
    });
    while (!drained) {
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds{5});
    }
  }
  InProcessServer(const InProcessServer&) = delete;
  InProcessServer& operator=(const InProcessServer&) = delete;

  rpc::Server& server() { return server_; }
  rpc::Channel& channel() { return channel_; }
  /// For channels of a test's own.
  rpc::ChannelOptions options() const {
    return {.target = fmt::format("127.0.0.1:{}", server_.port()), .token_file = token_.path()};
  }

 private:
  boost::asio::io_context& io_;
  TokenFile token_;
  rpc::Server server_;
  rpc::Channel channel_;
};

}  // namespace cdiscount::fakes
