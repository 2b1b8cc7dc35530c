#pragma once

#include <grpcpp/security/credentials.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>

#include "core/result.hpp"
#include "rpc/channel.hpp"

namespace cdiscount::rpc::detail {

/// The users at the other ends of this process's connections to one port of this machine, as /proc shows them.
/// Thread-safe.
class PeerOwner {
 public:
  /// `host`: an address, or the name of this machine's loopback, which stands for both of its addresses.
  explicit PeerOwner(std::uint16_t port, const std::string& host = "localhost");

  /// Fails with kUnavailable when one of them is none of these, naming it, or when no connection is held by one of
  /// them. A connection that no program has taken up, or holds any more, does not count: nothing can be read from it,
  /// and gRPC sends a call only where HTTP/2 was spoken. An owner that was seen counts until the connection ends.
  Status Check(const std::set<uid_t>& trusted);

 private:
  /// One of our sockets: its inode, the other end, ours. The ends alone come again.
  using Connection = std::tuple<ino_t, std::string, std::string>;
  std::set<Connection> Connections() const;

  const std::uint16_t port_;
  std::set<std::string> targets_;  // as /proc writes them; a stranger may use the same port of another address
  std::mutex mutex_;
  std::set<Connection> trusted_;
};

/// Lets a call in plain text go out only to a service of this user, of root, or of the owner of the token file when
/// that is named by an absolute path: asked by gRPC for each call when its connection stands, before a byte of the call
/// is written. Another program that took the port of a service that is down gets neither token nor request.
std::shared_ptr<grpc::CallCredentials> OnlyToOurServices(const ChannelOptions& options);

}  // namespace cdiscount::rpc::detail
