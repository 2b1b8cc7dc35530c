#include "kafka/broker_guard.hpp"

#include <fmt/format.h>
#include <netinet/in.h>

#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>

#include "telemetry/log.hpp"

namespace cdiscount::kafka {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::minutes kRemembered{1};

struct Refusal {
  std::mutex mutex;
  std::string text;
  SteadyClock::time_point at;
};

Refusal& Last() {
  static Refusal last;
  return last;
}

bool IsOfThisMachine(const sockaddr* address, int size) {
  if (address->sa_family == AF_INET && size >= static_cast<int>(sizeof(sockaddr_in))) {
    sockaddr_in four{};
    std::memcpy(&four, address, sizeof four);
    return boost::asio::ip::address_v4(ntohl(four.sin_addr.s_addr)).is_loopback();
  }
  if (address->sa_family != AF_INET6 || size < static_cast<int>(sizeof(sockaddr_in6))) return false;
  sockaddr_in6 six{};
  std::memcpy(&six, address, sizeof six);
  return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
}

}  // namespace

int ConnectOnThisMachine(int socket, const sockaddr* address, int size, const char* broker, void* /*opaque*/) {
  if (IsOfThisMachine(address, size)) {
    if (connect(socket, address, static_cast<socklen_t>(size)) == 0 || errno == EINPROGRESS) return 0;
    return errno;
  }
  auto text = fmt::format(
      "the cluster names the broker {}, which would be talked to in plain text over the network: set "
      "kafka.properties.security.protocol to SASL_SSL or SSL, or accept the risk with kafka.allow_plaintext",
      broker);
  static log::Limited limited{std::chrono::seconds{10}};
  limited.Error("kafka_broker_refused", {{"broker", broker}, {"problem", text}});
  const std::scoped_lock lock(Last().mutex);
  Last().text = std::move(text);
  Last().at = SteadyClock::now();
  return EACCES;
}

std::string RefusedBroker() {
  const std::scoped_lock lock(Last().mutex);
  return SteadyClock::now() - Last().at < kRemembered ? Last().text : std::string();
}

}  // namespace cdiscount::kafka
