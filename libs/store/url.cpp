#include "store/url.hpp"

#include "store/database.hpp"
#include "store/postgres_url.hpp"

namespace cdiscount::store {
namespace {

constexpr std::string_view kSqlite = "sqlite://";
constexpr std::string_view kSecretParameters[] = {"password=", "sslpassword="};

bool IsPostgres(std::string_view url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

/// Replaces the value of a secret query parameter.
void MaskParameter(std::string& text, std::string_view name) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + name.size() + 3)) {
    if (at == 0 || (text[at - 1] != '?' && text[at - 1] != '&')) continue;
    const auto from = at + name.size();
    const auto end = text.find('&', from);
    text.replace(from, (end == std::string::npos ? text.size() : end) - from, "***");
  }
}

}  // namespace

std::string PrintableUrl(std::string_view url) {
  std::string text(url);
  const auto scheme = text.find("://");
  if (scheme == std::string::npos) return text;
  const auto from = scheme + 3;
  // The last '@' of the whole text counts: a password that should have been percent-encoded may hold any character, and
  // must not leak by it.
  const auto at = text.rfind('@');
  if (at != std::string::npos && at >= from) {
    if (const auto colon = text.find(':', from); colon < at) text.replace(colon + 1, at - colon - 1, "***");
  }
  for (const auto name : kSecretParameters) MaskParameter(text, name);
  return text;
}

Result<Location> ParseUrl(std::string_view url, bool allow_plaintext) {
  if (IsPostgres(url)) {
    const auto read = ReadPostgresUrl(std::string(url));
    if (!read) {
      return Error{ErrorCode::kInvalidArgument,
                   "the database URL \"" + PrintableUrl(url) +
                       "\" cannot be read: write postgresql://user:password@host:5432/name, and percent-encode what is "
                       "not a letter or a digit in the password",
                   std::nullopt, "url"};
    }
    if (!read->remote_hosts.empty() && !read->verified && !allow_plaintext) {
      return Error{ErrorCode::kInvalidArgument,
                   "the database on " + read->remote_hosts.front() +
                       " would be talked to in plain text, or without knowing whether it is that server, and passwords "
                       "and orders cross the network: add ?sslmode=verify-full&sslrootcert=<file of the CA> to "
                       "database.url, or accept the risk with database.allow_plaintext: true",
                   std::nullopt, "url"};
    }
    return Location{Engine::kPostgres, std::string(url)};
  }
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) {
    const auto path = url.substr(kSqlite.size());
    if (!path.ends_with('/') && path != ":memory:") return Location{Engine::kSqlite, std::string(path)};
  }
  return Error{ErrorCode::kInvalidArgument,
               "the database URL \"" + PrintableUrl(url) +
                   "\" names no database; write sqlite:///absolute/path/to/file.db, sqlite://relative/file.db or "
                   "postgresql://user:password@host:5432/name",
               std::nullopt, "url"};
}

}  // namespace cdiscount::store
