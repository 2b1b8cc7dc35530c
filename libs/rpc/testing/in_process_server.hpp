#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <fmt/format.h>

#include <vector>

#include "rpc/channel.hpp"
#include "rpc/server.hpp"

namespace cdiscount::fakes {

/// A real gRPC server on a free loopback port, and a channel to it, for tests of handlers and clients.
class InProcessServer {
 public:
  /// `executor` is where clients complete, usually the same io_context that handlers run on.
  InProcessServer(boost::asio::any_io_executor executor, std::vector<grpc::Service*> services)
      : server_(rpc::ServerOptions{}, std::move(services)),
        channel_(std::move(executor), rpc::ChannelOptions{.target = fmt::format("127.0.0.1:{}", server_.port())}) {}

  rpc::Server& server() { return server_; }
  rpc::Channel& channel() { return channel_; }

 private:
  rpc::Server server_;
  rpc::Channel channel_;
};

}  // namespace cdiscount::fakes
