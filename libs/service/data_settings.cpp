#include "service/data_settings.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/host_port.hpp"
#include "http/url.hpp"

namespace cdiscount::service {
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
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("{} would be talked to in plain text, and secrets, tokens and orders cross the network; "
                           "write https://, or accept the risk with marketplace.allow_plaintext: true",
                           url->Origin()),
               std::nullopt, key};
}

}  // namespace

void Describe(SettingsTable& table, DatabaseSettings& settings, const std::string& default_url) {
  table.SecretText("database.url", settings.url, default_url,
                   "Where data is kept: sqlite:///absolute/path, sqlite://relative/path or "
                   "postgresql://user:password@host:port/name.");
  table.Integer("database.threads", settings.threads, 4, {1, 64}, "threads",
                "Connections to PostgreSQL; SQLite has one writer.");
  table.Flag("database.allow_plaintext", settings.allow_plaintext, false,
             "Lets passwords and orders go to PostgreSQL on another machine unencrypted, or to a server that may be "
             "another one; without it the URL needs sslmode=verify-full or verify-ca.");
}

crypto::SealedBox KeySettings::Load() const {
  const auto made = create ? crypto::CreateKeyFileIfMissing(file) : Ok();
  auto box = made ? crypto::SealedBox::Load(file) : Result<crypto::SealedBox>(made.error());
  if (box) return *std::move(box);
  auto error = box.error();
  error.field = "keys.file";
  throw BadResult(std::move(error));
}

void Describe(SettingsTable& table, KeySettings& settings, const std::string& default_file) {
  table.Path("keys.file", settings.file, default_file,
             "Keys that encrypt what is kept, mode 0600 (or 0440, as Kubernetes mounts a Secret): one \"<key id> <32 "
             "bytes in base64>\" a line, the first seals.");
  table.Flag("keys.create", settings.create, false,
             "Makes the key file when it is missing. For development: in production a lost key must stop the start.");
}

void Describe(SettingsTable& table, kafka::KafkaOptions& options) {
  table.Text("kafka.servers", options.bootstrap_servers, "127.0.0.1:9092",
             "Bootstrap servers, host:port, comma separated.");
  table.Text("kafka.namespace", options.namespace_prefix, "",
             "Put in front of every topic, group and transactional id, so that installations can share a cluster.",
             {.may_be_empty = true});
  table.SecretMap(
      "kafka.properties", options.properties,
      "Further librdkafka properties by their names, for what belongs to the cluster: security.*, sasl.*, ssl.*.",
      [](std::string_view name) { return name.ends_with(".pem"); });
  table.Flag("kafka.allow_plaintext", options.allow_plaintext, false,
             "Lets records and passwords go to Kafka on another machine unencrypted: whoever is on the way reads and "
             "changes them.");
}

void Describe(SettingsTable& table, MarketplaceSettings& settings) {
  const marketplace::OctopiaOptions real;
  const TextRules url{.constraint = "a URL without a '/' at its end", .accepts = IsUrl};
  table.Text("marketplace.api_url", settings.octopia.api_url, real.api_url, "The Octopia Seller REST API V2.", url);
  table.Text("marketplace.token_url", settings.octopia.token_url, real.token_url, "Where access tokens are issued.",
             url);
  table.Duration("marketplace.timeout", settings.octopia.timeout, 30s, {1s, 5min},
                 "For one call, everything included.");
  table.Path("marketplace.ca", settings.client.ca_file, "",
             "Who signs the marketplace's certificate, in PEM, trusted alone; empty = the system's trust store.");
  table.Integer("marketplace.connections", settings.client.connections_per_host, 16, {1, 256}, "connections",
                "Connections kept to one host at most.");
  table.Flag("marketplace.allow_plaintext", settings.allow_plaintext, false,
             "Lets secrets, tokens and orders go to a marketplace URL with http:// on another machine unencrypted.");
}

Status MarketplaceSettings::Check() const {
  if (allow_plaintext) return Ok();
  if (const auto api = CheckPlaintext("marketplace.api_url", octopia.api_url); !api) return api;
  return CheckPlaintext("marketplace.token_url", octopia.token_url);
}

}  // namespace cdiscount::service
