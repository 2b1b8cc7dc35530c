#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cdiscount::store {

/// A URL as libpq reads it, as far as it matters before there is a connection.
struct PostgresUrl {
  /// Hosts on other machines. Empty: a Unix socket or loopback.
  std::vector<std::string> remote_hosts;
  /// TLS is required, and the server's certificate is checked.
  bool verified = false;
  /// Passwords, decoded.
  std::vector<std::string> secrets;

  /// `text` of libpq or the server, without the secrets.
  std::string Scrub(std::string text) const;
};

/// The parts of the URL, with those that the environment (PGHOST, PGSSLMODE, ...) adds. Nothing when it cannot be read
/// as it was meant: also when a '@' or '/' that belongs to the password would make a part of it a host or a database.
std::optional<PostgresUrl> ReadPostgresUrl(const std::string& url);

}  // namespace cdiscount::store
