#include "kafka/conf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include "core/host_port.hpp"
#include "kafka/broker_guard.hpp"
#include "settings/table.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::kafka {
namespace {

/// Prefixes of what an operator may set: how to reach the cluster and how to prove who we are.
constexpr std::array<std::string_view, 12> kOperatorProperties = {
    "security.", "sasl.",      "ssl.",         "enable.ssl.", "broker.address.",  "client.",
    "socket.",   "reconnect.", "connections.", "debug",       "metadata.max.age", "enable.sasl."};

bool IsForOperators(std::string_view name) {
  return std::ranges::any_of(kOperatorProperties, [name](auto prefix) { return name.starts_with(prefix); });
}

bool MayBeSecret(std::string_view name) {
  for (const auto part : {"password", "secret", ".pem", "sasl.oauthbearer.config", "sasl.jaas"}) {
    if (name.find(part) != std::string_view::npos) return true;
  }
  return false;
}

/// Sets a property; the reason when librdkafka refuses it, without its value.
Status Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> reason{};
  const auto result = rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size());
  if (result == RD_KAFKA_CONF_OK) return Ok();
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("the Kafka property {} is refused{}; see librdkafka's CONFIGURATION.md for its values", name,
                           MayBeSecret(name) ? "" : fmt::format(": {}", reason.data())),
               std::nullopt, "kafka.properties." + name};
}

/// "SASL_SSL://broker:9093" without what stands in front; the port is optional to librdkafka.
std::optional<HostPort> Server(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  if (const auto parsed = ParseHostPort(text)) return parsed;
  return ParseHostPort(std::string(text) + ":9092");
}

bool IsPlaintext(const KafkaOptions& options) {
  const auto given = options.properties.find("security.protocol");
  if (given == options.properties.end()) return true;
  auto protocol = given->second;
  std::ranges::transform(protocol, protocol.begin(), [](unsigned char c) { return std::tolower(c); });
  return !protocol.ends_with("ssl");
}

/// Every server is one, and none is talked to in plain text over a network.
Status CheckServers(const KafkaOptions& options) {
  const auto wrong = [](std::string message) {
    return Error{ErrorCode::kInvalidArgument, std::move(message), std::nullopt, "kafka.servers"};
  };
  const bool guarded = IsPlaintext(options) && !options.allow_plaintext;
  std::string_view rest = options.bootstrap_servers;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto server = Server(text);
    if (!server) {
      return wrong(fmt::format("the Kafka server \"{}\" is not host:port with a port from 1 to 65535", text));
    }
    if (guarded && !IsLoopback(server->host)) {
      return wrong(fmt::format(
          "{} would be talked to in plain text, so others on the network could read and change every record; set "
          "kafka.properties.security.protocol to SASL_SSL or SSL, or accept the risk with kafka.allow_plaintext: true",
          text));
    }
  }
  return Ok();
}

Status SetOperatorProperties(rd_kafka_conf_t* conf, const KafkaOptions& options) {
  for (const auto& [name, value] : options.properties) {
    if (!IsForOperators(name)) {
      return Error{
          ErrorCode::kInvalidArgument,
          fmt::format("the Kafka property {} is not for the operator to set: the delivery promise relies on it; "
                      "allowed are security.*, sasl.*, ssl.*, client.*, socket.* and a few more",
                      name),
          std::nullopt, "kafka.properties." + name};
    }
    if (auto status = Set(conf, name, value); !status) return status;
  }
  return Ok();
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

void OnLog(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  // librdkafka repeats itself for as long as a broker is away; the owners of the clients say what that means.
  // A client that was left behind (EndClient) may say something while the process ends.
  [[clang::no_destroy]] static log::Limited limited{std::chrono::seconds{10}};
  const auto ours = level <= 3 ? log::Level::kWarn : log::Level::kDebug;
  limited.Log(ours, "kafka_client_log", {{"client", rd_kafka_name(client)}, {"facility", facility}, {"text", text}});
}

}  // namespace

void KafkaOptions::Describe(settings::Table& table) {
  table.Text("kafka.servers", bootstrap_servers, "Bootstrap servers, host:port, comma separated.");
  table.Text("kafka.namespace", namespace_prefix,
             "Put in front of every topic, group and transactional id, so that installations can share a cluster.");
  table.SecretMap(
      "kafka.properties", properties,
      "Further librdkafka properties by their names, for what belongs to the cluster: security.*, sasl.*, ssl.*.",
      [](std::string_view name) { return name.ends_with(".pem"); });
  table.Flag("kafka.allow_plaintext", allow_plaintext,
             "Lets records and passwords go to Kafka on another machine unencrypted: every machine on the way can read "
             "and change them.");
}

Status Validate(const KafkaOptions& options) {
  if (options.bootstrap_servers.empty()) {
    return Error{ErrorCode::kInvalidArgument, "no Kafka server is named; write host:port, separated by commas",
                 std::nullopt, "kafka.bootstrap_servers"};
  }
  const auto& prefix = options.namespace_prefix;
  if (!std::ranges::all_of(prefix, IsNameCharacter) || prefix.size() > 100) {
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format("the Kafka namespace \"{}\" may hold at most 100 letters, digits, '.', '_' and '-'", prefix),
        std::nullopt, "kafka.namespace"};
  }
  const ConfHandle conf(rd_kafka_conf_new());
  if (auto status = SetOperatorProperties(conf.get(), options); !status) return status;
  return CheckServers(options);
}

ConfHandle MakeConf(const KafkaOptions& options, Properties ours) {
  ConfHandle conf(rd_kafka_conf_new());
  Validate(options).value();
  SetOperatorProperties(conf.get(), options).value();
  Set(conf.get(), "bootstrap.servers", options.bootstrap_servers).value();
  // A broker that was away is tried again soon: the default of 10 s would add itself to every outage.
  if (!options.properties.contains("reconnect.backoff.max.ms")) {
    Set(conf.get(), "reconnect.backoff.max.ms", "1000").value();
  }
  for (const auto& [name, value] : ours) Set(conf.get(), name, value).value();
  // No error callback: librdkafka would queue its calls until the next poll, which may be hours away. Without a
  // callback it logs connection errors at once.
  rd_kafka_conf_set_log_cb(conf.get(), OnLog);
  if (IsPlaintext(options) && !options.allow_plaintext) {
    rd_kafka_conf_set_connect_cb(conf.get(), ConnectOnThisMachine);
  }
  return conf;
}

ClientHandle MakeClient(rd_kafka_type_t type, ConfHandle conf) {
  std::array<char, 512> reason{};
  ClientHandle client(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
  if (!client) {
    throw BadResult(Error{ErrorCode::kInvalidArgument,
                          fmt::format("the Kafka client cannot be made: {}", reason.data()), std::nullopt, "kafka"});
  }
  (void)conf.release();  // the client owns it now
  return client;
}

}  // namespace cdiscount::kafka
