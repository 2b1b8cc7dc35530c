// The check of the program at the other end of a plain-text connection: nothing goes to a program of another user.
#include "rpc/peer_owner.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <set>
#include <string>

#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "core/file_descriptor.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "http/testing/certificates.hpp"
#include "rpc/client.hpp"
#include "rpc/token_file.hpp"

namespace cdiscount::rpc {
namespace {

using auth::v1::GetAccessTokenRequest;
using auth::v1::TokenService;
using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

sockaddr_storage Loopback(int family, std::uint16_t port) {
  sockaddr_storage address{};
  if (family == AF_INET) {
    const sockaddr_in four{
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    std::memcpy(&address, &four, sizeof four);
  } else {
    const sockaddr_in6 six{.sin6_family = AF_INET6,
                           .sin6_port = htons(port),
                           .sin6_flowinfo = 0,
                           .sin6_addr = in6addr_loopback,
                           .sin6_scope_id = 0};
    std::memcpy(&address, &six, sizeof six);
  }
  return address;
}

/// Listens on a free port of this machine.
class Listener {
 public:
  explicit Listener(int family = AF_INET) : socket_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = Loopback(family, 0);
    socklen_t size = sizeof address;
    const bool listens = socket_.get() >= 0 && bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                         listen(socket_.get(), 8) == 0 &&
                         getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (!listens) throw std::runtime_error("cannot listen");
    sockaddr_in start{};  // the port stands at the same place for both families
    std::memcpy(&start, &address, sizeof start);
    port_ = ntohs(start.sin_port);
  }
  std::uint16_t port() const { return port_; }
  FileDescriptor Accept() const { return FileDescriptor(accept(socket_.get(), nullptr, nullptr)); }

 private:
  FileDescriptor socket_;
  std::uint16_t port_ = 0;
};

FileDescriptor Connect(int family, std::uint16_t port, bool mapped = false) {
  FileDescriptor connected(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto address = Loopback(family, port);
  if (mapped) {
    sockaddr_in6 six{};
    std::memcpy(&six, &address, sizeof six);
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &six.sin6_addr);
    std::memcpy(&address, &six, sizeof six);
  }
  const socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (connected.get() < 0 || connect(connected.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) {
    throw std::runtime_error("cannot connect");
  }
  return connected;
}

const std::set<uid_t> kOurs = {geteuid()};
const std::set<uid_t> kAnother = {geteuid() + 1};

TEST(RpcPeerOwner, IsWhoAcceptedTheConnection) {
  for (const int family : {AF_INET, AF_INET6}) {
    const Listener listener(family);
    const auto connected = Connect(family, listener.port());
    const auto accepted = listener.Accept();

    EXPECT_THAT(detail::PeerOwner(listener.port()).Check(kOurs), Succeeds());
    const auto refused = detail::PeerOwner(listener.port()).Check(kAnother);
    ASSERT_THAT(refused, FailsWith(ErrorCode::kUnavailable));
    EXPECT_THAT(refused.error().message,
                HasSubstr(fmt::format("runs as user {}, not as user {}", geteuid(), geteuid() + 1)));
  }
}

TEST(RpcPeerOwner, IsFoundWhenOneEndIsAnIPv6SocketWithAnIPv4Address) {
  const Listener listener;
  const auto connected = Connect(AF_INET6, listener.port(), true);
  const auto accepted = listener.Accept();

  EXPECT_THAT(detail::PeerOwner(listener.port()).Check(kOurs), Succeeds());
  EXPECT_THAT(detail::PeerOwner(listener.port()).Check(kAnother), FailsWith(ErrorCode::kUnavailable));
}

TEST(RpcPeerOwner, IsNotMistakenForAClientOfThisProcessThatUsesTheSamePort) {
  // From the port of the service, but of another loopback address, a stranger comes to another port of this process.
  const Listener service;
  const Listener ours;
  const int stranger = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (stranger < 0) FAIL() << "no socket";
  const FileDescriptor closed_at_the_end(stranger);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_port = htons(service.port());
  ASSERT_EQ(inet_pton(AF_INET, "127.0.0.2", &from.sin_addr), 1);
  const auto to = Loopback(AF_INET, ours.port());
  ASSERT_EQ(bind(stranger, reinterpret_cast<const sockaddr*>(&from), sizeof from), 0);
  ASSERT_EQ(connect(stranger, reinterpret_cast<const sockaddr*>(&to), sizeof(sockaddr_in)), 0);
  const auto accepted = ours.Accept();

  EXPECT_THAT(detail::PeerOwner(service.port(), "127.0.0.2").Check(kOurs), Succeeds()) << "it is there";
  EXPECT_THAT(detail::PeerOwner(service.port(), "127.0.0.1").Check(kOurs), FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(detail::PeerOwner(service.port()).Check(kOurs), FailsWith(ErrorCode::kUnavailable));
}

TEST(RpcPeerOwner, IsUnknownWhileNoProgramTookTheConnectionUp) {
  const Listener listener;
  const auto connected = Connect(AF_INET, listener.port());

  EXPECT_THAT(detail::PeerOwner(listener.port()).Check({0, geteuid()}), FailsWith(ErrorCode::kUnavailable))
      << "the kernel shows such a connection as root's";
}

TEST(RpcPeerOwner, IsAskedForConnectionsThatAProgramHolds) {
  const Listener listener;
  const auto connected = Connect(AF_INET, listener.port());
  const auto accepted = listener.Accept();
  const auto waiting = Connect(AF_INET, listener.port());
  const auto left = Connect(AF_INET, listener.port());
  detail::PeerOwner owner(listener.port());

  EXPECT_THAT(owner.Check(kOurs), Succeeds()) << "no call goes over the two that no program accepted";
  const auto taken_up = listener.Accept();
  (void)listener.Accept();  // and closed at once
  EXPECT_THAT(owner.Check(kOurs), Succeeds());
}

TEST(RpcPeerOwner, IsLookedForAnewForEachConnection) {
  const Listener listener;
  detail::PeerOwner owner(listener.port());
  const auto connected = Connect(AF_INET, listener.port());
  const auto accepted = listener.Accept();
  ASSERT_THAT(owner.Check(kOurs), Succeeds());
  EXPECT_THAT(owner.Check(kAnother), Succeeds()) << "what was seen holds";

  const auto next = Connect(AF_INET, listener.port());
  const auto accepted_next = listener.Accept();

  EXPECT_THAT(owner.Check(kAnother), FailsWith(ErrorCode::kUnavailable));
}

TEST(RpcPeerOwner, IsUnknownWithoutAConnection) {
  EXPECT_THAT(detail::PeerOwner(Listener().port()).Check(kOurs), FailsWith(ErrorCode::kUnavailable));
}

/// A program that took a service's port: speaks as much HTTP/2 as a client needs to send its call, and keeps what it
/// gets. Runs as `user`.
class Thief {
 public:
  explicit Thief(uid_t user) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("cannot make a pipe");
    loot_ = FileDescriptor(ends[0]);
    FileDescriptor out(ends[1]);
    child_ = fork();
    if (child_ == 0) Steal(user, out.get());
  }
  ~Thief() { Loot(); }
  Thief(const Thief&) = delete;
  Thief& operator=(const Thief&) = delete;

  std::uint16_t port() const { return listener_.port(); }

  /// Ends it, and gives all that it was sent.
  std::string Loot() {
    if (child_ <= 0) return {};
    kill(std::exchange(child_, 0), SIGKILL);
    waitpid(-1, nullptr, 0);
    std::string loot;
    std::array<char, 4096> chunk{};
    for (ssize_t count = 0; (count = read(loot_.get(), chunk.data(), chunk.size())) > 0;) {
      loot.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return loot;
  }

 private:
  /// In the child: system calls alone.
  [[noreturn]] void Steal(uid_t user, int out) const {
    constexpr std::array<char, 9> kSettings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    if (user != geteuid() && setresuid(user, user, user) != 0) _exit(1);
    for (;;) {
      const auto connection = listener_.Accept();
      if (write(connection.get(), kSettings.data(), kSettings.size()) < 0) continue;
      std::array<char, 4096> chunk{};
      for (ssize_t count = 0; (count = read(connection.get(), chunk.data(), chunk.size())) > 0;) {
        if (write(out, chunk.data(), static_cast<std::size_t>(count)) < 0) _exit(1);
      }
    }
  }

  Listener listener_;
  FileDescriptor loot_;
  pid_t child_ = 0;
};

class RpcThief : public ::testing::Test {
 protected:
  static constexpr uid_t kStranger = 65534;
  static constexpr const char* kSecret = "the-secret-in-the-request";

  void SetUp() override {
    // CI runs as root, so it never skips these. RpcPeerOwner.* shows the same refusal to every user, without a thief.
    if (geteuid() != 0) GTEST_SKIP() << "it needs a program of another user, and only root can start one";
    ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
    token_ = MakeTokenFile(token_file_).value().Reveal();
  }
  Status Ask(std::uint16_t port, const std::string& token_file) {
    Channel channel(io_.get_executor(), {.target = fmt::format("127.0.0.1:{}", port), .token_file = token_file});
    Client<TokenService> tokens(channel);
    GetAccessTokenRequest request;
    request.set_account_id(kSecret);
    const auto asked = fakes::RunTask(
        io_, tokens.Call(&TokenService::Stub::async::GetAccessToken, request, {.deadline = 2s, .connect_within = 0ms}));
    return asked ? Ok() : Status(asked.error());
  }

  boost::asio::io_context io_{1};
  const fakes::TemporaryDirectory folder_;
  const std::string token_file_ = (folder_.path() / "auth.token").string();
  std::string token_;
};

TEST_F(RpcThief, GetsNothingFromACallInPlainText) {
  Thief thief(kStranger);

  const auto refused = Ask(thief.port(), token_file_);

  ASSERT_THAT(refused, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr(fmt::format("GetAccessToken at 127.0.0.1:{}: the program that listens there runs as user "
                                          "65534, not as user 0: nothing was sent to it",
                                          thief.port()))));
  EXPECT_THAT(thief.Loot(), AllOf(HasSubstr("PRI * HTTP/2.0"), Not(HasSubstr(token_)), Not(HasSubstr(kSecret)),
                                  Not(HasSubstr("GetAccessToken"))));
}

TEST_F(RpcThief, WouldSeeBothIfItWereOneOfOurs) {
  Thief service(0);

  EXPECT_THAT(Ask(service.port(), token_file_), FailsWith(ErrorCode::kDeadlineExceeded));

  EXPECT_THAT(service.Loot(), AllOf(HasSubstr(token_), HasSubstr(kSecret)));
}

TEST_F(RpcThief, IsAServiceWhenItOwnsTheTokenFileThatAnAbsolutePathNames) {
  ASSERT_EQ(chown(token_file_.c_str(), kStranger, kStranger), 0);
  Thief service(kStranger);
  EXPECT_THAT(Ask(service.port(), token_file_), FailsWith(ErrorCode::kDeadlineExceeded));
  EXPECT_THAT(service.Loot(), HasSubstr(token_));

  Thief in_this_folder(kStranger);
  const auto relative = std::filesystem::relative(token_file_).string();
  EXPECT_THAT(Ask(in_this_folder.port(), relative), FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(in_this_folder.Loot(), Not(HasSubstr(token_)));

  ASSERT_EQ(chmod(folder_.path().c_str(), 0777), 0);
  Thief in_a_folder_of_all(kStranger);
  EXPECT_THAT(Ask(in_a_folder_of_all.port(), token_file_), FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(in_a_folder_of_all.Loot(), Not(HasSubstr(token_)));
}

}  // namespace
}  // namespace cdiscount::rpc
