#include "rpc/peer_owner.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/host_port.hpp"

namespace cdiscount::rpc::detail {
namespace {

/// IPv4 addresses in IPv6 sockets become IPv4 ones: the two ends of a connection may differ in that.
std::string WithoutMapping(const std::string& text) {
  const auto mapped = fmt::format("0000000000000000{:08X}", htonl(0xFFFF));
  return text.starts_with(mapped) ? text.substr(mapped.size()) : text;
}

std::string TextOf(const in_addr& four) {
  return fmt::format("{:08X}", four.s_addr);
}

std::string TextOf(const in6_addr& six) {
  std::string text;
  for (std::size_t word = 0; word < 4; ++word) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, reinterpret_cast<const unsigned char*>(&six) + 4 * word, sizeof bits);
    text += fmt::format("{:08X}", bits);
  }
  return text;
}

std::string WithPort(const std::string& address, std::uint16_t port) {
  return fmt::format("{}:{:04X}", WithoutMapping(address), port);
}

/// One end of a connection as /proc/net/tcp writes it: "0100007F:1BBD".
std::optional<std::string> EndOf(int socket, int (*ask)(int, sockaddr*, socklen_t*)) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (ask(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  if (address.ss_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof four);
    return WithPort(TextOf(four.sin_addr), ntohs(four.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, &address, sizeof six);
    return WithPort(TextOf(six.sin6_addr), ntohs(six.sin6_port));
  }
  return std::nullopt;
}

using Ends = std::pair<std::string, std::string>;  // one end, the other one

struct Row {
  bool established = false;
  /// None while no program has accepted the connection, and when none holds it any more: then it reads as root's.
  std::optional<uid_t> owner;
};

/// The ends of all connections from and to this port.
std::map<Ends, Row> RowsOf(std::uint16_t port) {
  constexpr std::string_view kEstablished = "01";
  std::map<Ends, Row> rows;
  const auto sign = fmt::format(":{:04X} ", port);
  for (const auto* table : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    std::ifstream lines(table);
    for (std::string line; std::getline(lines, line);) {
      if (line.find(sign) == std::string::npos) continue;
      std::istringstream words(line);
      std::string number, own, other, state, skipped;
      uid_t owner = 0;
      std::uint64_t inode = 0;
      words >> number >> own >> other >> state >> skipped >> skipped >> skipped >> owner >> skipped >> inode;
      if (!words) continue;
      rows[{WithoutMapping(own), WithoutMapping(other)}] = {state == kEstablished,
                                                            inode == 0 ? std::nullopt : std::optional(owner)};
    }
  }
  return rows;
}

Error Refuse(std::string message) {
  return {ErrorCode::kUnavailable, std::move(message)};
}

Error Stranger(uid_t owner, const std::set<uid_t>& trusted) {
  return Refuse(
      fmt::format("the program that listens there runs as user {}, not as user {}: nothing was sent to it. If it is "
                  "the service, name its token file by its absolute path, in a folder that not all can write",
                  owner, fmt::join(trusted, " or ")));
}

class PeerCheck final : public grpc::MetadataCredentialsPlugin {
 public:
  PeerCheck(const HostPort& target, std::filesystem::path token_file)
      : owner_(target.port, target.host), token_file_(std::move(token_file)) {}

  bool IsBlocking() const override { return false; }
  const char* GetType() const override { return "PeerCheck"; }
  grpc::string DebugString() override { return "PeerCheck"; }

  grpc::Status GetMetadata(grpc::string_ref /*url*/, grpc::string_ref /*method*/, const grpc::AuthContext& /*channel*/,
                           std::multimap<grpc::string, grpc::string>* /*metadata*/) override {
    const auto checked = owner_.Check(Trusted());
    if (checked) return grpc::Status::OK;
    return {grpc::StatusCode::UNAVAILABLE, checked.error().message};
  }

 private:
  /// A relative path may lead to another user's file, by the folder in which the program is started; so may a folder
  /// that all can write.
  std::set<uid_t> Trusted() const {
    std::set<uid_t> trusted = {geteuid(), 0};
    struct stat file{}, folder{};
    if (token_file_.is_absolute() && stat(token_file_.c_str(), &file) == 0 &&
        stat(token_file_.parent_path().c_str(), &folder) == 0 && (folder.st_mode & S_IWOTH) == 0) {
      trusted.insert(file.st_uid);
    }
    return trusted;
  }

  PeerOwner owner_;
  const std::filesystem::path token_file_;
};

}  // namespace

PeerOwner::PeerOwner(std::uint16_t port, const std::string& host) : port_(port) {
  in_addr four{};
  in6_addr six{};
  const bool is_four = inet_pton(AF_INET, host.c_str(), &four) == 1;
  const bool is_six = inet_pton(AF_INET6, host.c_str(), &six) == 1;
  if (!is_four && !is_six) {
    four.s_addr = htonl(INADDR_LOOPBACK);
    six = in6addr_loopback;
  }
  if (!is_six) targets_.insert(WithPort(TextOf(four), port));
  if (!is_four) targets_.insert(WithPort(TextOf(six), port));
}

std::set<PeerOwner::Connection> PeerOwner::Connections() const {
  std::set<Connection> found;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", failed)) {
    const auto name = entry.path().filename().string();
    int socket = -1;
    std::from_chars(name.data(), name.data() + name.size(), socket);
    const auto peer = EndOf(socket, getpeername);
    if (!peer || !targets_.contains(*peer)) continue;
    const auto own = EndOf(socket, getsockname);
    struct stat status{};
    if (own && fstat(socket, &status) == 0) found.emplace(status.st_ino, *peer, *own);
  }
  return found;
}

Status PeerOwner::Check(const std::set<uid_t>& trusted) {
  // While connections come and go, a look may miss a row, and finds the ends at different moments.
  constexpr int kLooks = 4;
  const std::scoped_lock lock(mutex_);
  auto unseen = Connections();
  std::erase_if(trusted_, [&](const Connection& known) { return !unseen.contains(known); });
  std::erase_if(unseen, [&](const Connection& one) { return trusted_.contains(one); });
  for (int look = 1; !unseen.empty(); ++look) {
    const auto rows = RowsOf(port_);
    const auto open = look == 1 ? unseen : Connections();
    for (auto one = unseen.begin(); one != unseen.end();) {
      const auto& [inode, peer, own] = *one;
      const auto theirs = rows.find({peer, own});
      const auto ours = rows.find({own, peer});
      if (theirs != rows.end() && theirs->second.owner) {
        const auto owner = *theirs->second.owner;
        if (!trusted.contains(owner)) return Stranger(owner, trusted);
        trusted_.insert(*one);
      } else if (theirs == rows.end() && open.contains(*one) && look < kLooks) {
        ++one;
        continue;
      } else if (theirs == rows.end() && open.contains(*one) && (ours == rows.end() || ours->second.established)) {
        return Refuse("no program of this machine can be seen at the other end of the connection: nothing was sent");
      }
      one = unseen.erase(one);
    }
  }
  return trusted_.empty() ? Refuse("the connection was lost before the call was sent") : Ok();
}

std::shared_ptr<grpc::CallCredentials> OnlyToOurServices(const ChannelOptions& options) {
  const auto target = ParseHostPort(options.target);
  auto check = std::make_unique<PeerCheck>(target ? *target : HostPort{}, options.token_file);
  return grpc::experimental::MetadataCredentialsFromPlugin(std::move(check), GRPC_SECURITY_NONE);
}

}  // namespace cdiscount::rpc::detail
