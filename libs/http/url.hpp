#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace cdiscount::http {

/// The parts of an absolute http or https URL that a request needs.
struct Url {
  bool tls = false;
  std::string host;         ///< A name or an address, without the brackets of IPv6.
  std::uint16_t port = 0;   ///< 443 or 80 when the URL names none.
  std::string host_header;  ///< As in the Host field: the port only when it is not the scheme's own.
  std::string target;       ///< Path and query, at least "/".

  /// "https://host:port", the same for all URLs that may share a connection. For logs and errors too.
  std::string Origin() const;
};

/// Fails with kInvalidArgument for anything but http and https, and for a URL that carries a user or a password.
Result<Url> ParseUrl(std::string_view text);

}  // namespace cdiscount::http
