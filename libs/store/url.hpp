#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "store/session.hpp"

namespace cdiscount::store {

/// Where a database is, as its URL says it.
struct Location {
  Engine engine;
  /// SQLite: the path of the file. PostgreSQL: the whole URL, password included; never for a log.
  std::string target;
};

/// Fails with kInvalidArgument, saying what a URL should look like; the message holds no password. PostgreSQL on
/// another machine needs TLS that checks the server (sslmode=verify-full or verify-ca), unless `allow_plaintext` is
/// set.
Result<Location> ParseUrl(std::string_view url, bool allow_plaintext = false);

}  // namespace cdiscount::store
