#include "service/data_settings.hpp"

#include <utility>

namespace cdiscount::service {
namespace {

using namespace std::chrono_literals;

bool IsUrl(std::string_view text) {
  return (text.starts_with("https://") || text.starts_with("http://")) && !text.ends_with('/');
}

// "a=1" lines, or the same separated by ';'.
Status ReadProperties(const std::string& text, std::map<std::string, std::string>& properties) {
  std::size_t from = 0;
  while (from < text.size()) {
    const auto end = std::min(text.find_first_of(";\n", from), text.size());
    const auto line = text.substr(from, end - from);
    from = end + 1;
    if (line.empty()) continue;
    const auto equals = line.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{.code = ErrorCode::kInvalidArgument,
                   .message = "must be \"name=value\" pairs, separated by ';' or one a line"};
    }
    properties[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return Ok();
}

}  // namespace

void Describe(SettingsTable& table, DatabaseSettings& settings, const std::string& default_url) {
  table.SecretText("database.url", settings.url, default_url,
                   "Where data is kept: sqlite:///absolute/path, sqlite://relative/path or "
                   "postgresql://user:password@host:port/name.");
  table.Integer("database.threads", settings.threads, 4, {1, 64}, "threads",
                "Connections to PostgreSQL; SQLite has one writer.");
}

crypto::SealedBox KeySettings::Load() const {
  if (create) {
    if (const auto made = crypto::CreateKeyFileIfMissing(file); !made) throw BadResult(made.error());
  }
  auto box = crypto::SealedBox::Load(file);
  if (!box) throw BadResult(box.error());
  return std::move(*box);
}

void Describe(SettingsTable& table, KeySettings& settings, const std::string& default_file) {
  table.Path(
      "keys.file", settings.file, default_file,
      "Keys that encrypt what is kept, mode 0600: one \"<key id> <32 bytes in base64>\" a line, the first seals.");
  table.Flag("keys.create", settings.create, false,
             "Makes the key file when it is missing. For development: in production a lost key must stop the start.");
}

void Describe(SettingsTable& table, kafka::KafkaOptions& options) {
  table.Text("kafka.servers", options.bootstrap_servers, "127.0.0.1:9092",
             "Bootstrap servers, host:port, comma separated.");
  table.Text("kafka.namespace", options.namespace_prefix, "",
             "Put in front of every topic, group and transactional id, so that installations can share a cluster.",
             {.may_be_empty = true});
  table.Custom(
      "kafka.properties", "text", "", "\"name=value\" pairs, separated by ';'",
      "Further librdkafka properties, for what belongs to the cluster: security.*, sasl.*, ssl.*.",
      [&options](const std::string& text) { return ReadProperties(text, options.properties); }, true);
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
}

}  // namespace cdiscount::service
