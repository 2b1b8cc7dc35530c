#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cdiscount {

struct HostPort {
  std::string host;  ///< Without the brackets of an IPv6 address.
  std::uint16_t port = 0;
};

/// Reads "host:port" or "[::1]:port"; nothing when the host is empty or the port is not one of 1 to 65535.
std::optional<HostPort> ParseHostPort(std::string_view text);

/// True for this machine itself: "localhost", 127.0.0.0/8 and ::1. Bytes sent there cross no network.
bool IsLoopback(std::string_view host);

}  // namespace cdiscount
