#include "core/host_port.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace cdiscount {

std::optional<HostPort> ParseHostPort(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  HostPort parsed;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed.port);
  if (failed != std::errc{} || end != digits.data() + digits.size() || parsed.port == 0) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;  // an IPv6 address without brackets: its end and the port cannot be told apart
  }
  if (host.empty() || host.find_first_of(" /@[]") != std::string_view::npos) return std::nullopt;
  parsed.host = host;
  return parsed;
}

bool IsLoopback(std::string_view host) {
  if (host == "localhost") return true;
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(host, failed);
  return !failed && address.is_loopback();
}

}  // namespace cdiscount
