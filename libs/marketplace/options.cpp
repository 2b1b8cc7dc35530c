#include "marketplace/options.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include "core/host_port.hpp"
#include "http/url.hpp"
#include "settings/table.hpp"

namespace cdiscount::marketplace {
namespace {

using namespace std::chrono_literals;

bool IsUrl(std::string_view text) {
  return !text.ends_with('/') && http::ParseUrl(text).has_value();
}

/// A credential goes with every call to this URL.
Status CheckPlaintext(const std::string& key, const std::string& text) {
  const auto url = http::ParseUrl(text);
  if (!url) return url.error();
  if (url->tls || IsLoopback(url->host)) return Ok();
  return Error{.code = ErrorCode::kInvalidArgument,
               .message = url->Origin() +
                          " would be talked to in plain text, and secrets, tokens and orders cross the network; write "
                          "https://, or accept the risk with marketplace.allow_plaintext: true",
               .field = key};
}

}  // namespace

void Options::Describe(settings::Table& table) {
  const settings::TextRules url{.constraint = "a URL without a '/' at its end", .accepts = IsUrl};
  table.Text("marketplace.api_url", octopia.api_url, "The Octopia Seller REST API V2.", url);
  table.Text("marketplace.token_url", octopia.token_url, "Where access tokens are issued.", url);
  table.Duration("marketplace.timeout", octopia.timeout, {1s, 5min}, "For one call, everything included.");
  table.Path("marketplace.ca", client.ca_file,
             "Who signs the marketplace's certificate, in PEM, trusted alone; empty = the system's trust store.");
  table.Integer("marketplace.connections", client.connections_per_host, {1, 256}, "connections",
                "Connections kept to one host at most.");
  table.Flag("marketplace.allow_plaintext", allow_plaintext,
             "Lets secrets, tokens and orders go to a marketplace URL with http:// on another machine unencrypted.");
}

Status Options::Check() const {
  if (allow_plaintext) return Ok();
  if (const auto api = CheckPlaintext("marketplace.api_url", octopia.api_url); !api) return api;
  return CheckPlaintext("marketplace.token_url", octopia.token_url);
}

}  // namespace cdiscount::marketplace
