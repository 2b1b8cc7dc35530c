#include "store/postgres_url.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <ranges>

#include "core/host_port.hpp"

namespace cdiscount::store {
namespace {

constexpr std::size_t kShortestSecret = 4;  // a shorter one would be found in every text

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
using Values = std::map<std::string, std::string, std::less<>>;

void Add(Values& values, const PQconninfoOption* option) {
  for (; option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val != nullptr && *option->val != '\0') values[option->keyword] = option->val;
  }
}

std::vector<std::string> Split(const std::string& list) {
  std::vector<std::string> parts;
  for (const auto part : std::views::split(list, ',')) parts.emplace_back(part.begin(), part.end());
  return parts;
}

/// libpq takes the first '@' for the end of the password, and a '/' for its beginning of the database's name.
bool IsAmbiguous(std::string_view url) {
  const auto from = url.find("://") + 3;
  const auto authority = url.substr(from, url.find_first_of("/?", from) - from);
  const auto path =
      url.substr(from + authority.size(), url.find('?', from + authority.size()) - from - authority.size());
  return std::ranges::count(authority, '@') > 1 || path.find("@") != std::string_view::npos;
}

bool IsSocket(const std::string& host) {
  return host.empty() || host.front() == '/' || host.front() == '@';
}

bool IsHostName(const std::string& host) {
  return std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:%").find(c) != std::string_view::npos;
  });
}

bool IsPort(const std::string& port) {
  return port.empty() || (port.find_first_not_of("0123456789") == std::string::npos && port.size() <= 5);
}

}  // namespace

std::string PostgresUrl::Scrub(std::string text) const {
  for (const auto& secret : secrets) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
      text.replace(at, secret.size(), "***");
    }
  }
  return text;
}

std::optional<PostgresUrl> ReadPostgresUrl(const std::string& url) {
  if (IsAmbiguous(url)) return std::nullopt;
  char* problem = nullptr;  // not shown: it quotes the URL
  const Options options(PQconninfoParse(url.c_str(), &problem), &PQconninfoFree);
  PQfreemem(problem);
  if (!options) return std::nullopt;
  const Options defaults(PQconndefaults(), &PQconninfoFree);
  Values values;
  Add(values, defaults.get());
  Add(values, options.get());

  if (!std::ranges::all_of(Split(values["port"]), IsPort)) return std::nullopt;
  PostgresUrl read;
  if (!values["service"].empty()) return std::nullopt;  // a service file would name the host, unseen here
  // Where hostaddr is given, the host is only a name for the certificate.
  for (const auto& host : Split(values["hostaddr"].empty() ? values["host"] : values["hostaddr"])) {
    if (IsSocket(host)) continue;
    if (!IsHostName(host)) return std::nullopt;
    if (!IsLoopback(host)) read.remote_hosts.push_back(host);
  }
  read.verified = values["sslmode"] == "verify-full" || values["sslmode"] == "verify-ca";
  for (const auto* name : {"password", "sslpassword"}) {
    if (values[name].size() >= kShortestSecret) read.secrets.push_back(values[name]);
  }
  return read;
}

}  // namespace cdiscount::store
