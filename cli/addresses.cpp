#include "addresses.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <system_error>

#include "demo_file.hpp"
#include "service_list.hpp"

namespace cdiscount::cli {
namespace {

class Finder {
 public:
  Finder(const Arguments& arguments, const Surroundings& around)
      : given_(arguments.given),
        environment_(around.environment),
        file_(around.demo_file),
        demo_(ReadDemoFile(around.demo_file)) {}

  Address Find(const std::string& flag) const {
    return Find(*std::ranges::find(ConnectionFlags(), flag, &ConnectionFlag::flag));
  }
  Address Find(const ConnectionFlag& row) const {
    const auto& [flag, name, type, help, fallback] = row;
    if (const auto given = Get(given_, flag); !given.empty()) return {given, flag};
    if (const auto found = Get(environment_, name); !found.empty()) return {found, name};
    if (const auto found = Get(demo_.variables, name); !found.empty()) {
      return {found, fmt::format("the demo ({})", file_.string())};
    }
    if (demo_.not_followed.empty()) return {fallback, "the default"};
    return {fallback, fmt::format("the default; {} does not count: {}", file_.string(), demo_.not_followed)};
  }

 private:
  static std::string Get(const std::map<std::string, std::string>& variables, const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  }
  const std::map<std::string, std::string>& given_;
  const std::map<std::string, std::string>& environment_;
  const std::filesystem::path file_;
  const DemoFile demo_;
};

/// "CDISCOUNT_ORDERS_ADDRESS"
std::string VariableOf(const ServiceEntry& service, const char* what) {
  return fmt::format("CDISCOUNT_{}_{}", boost::to_upper_copy(std::string(service.cli)), what);
}

}  // namespace

const std::vector<ConnectionFlag>& ConnectionFlags() {
  static const auto flags = [] {
    std::vector<ConnectionFlag> all;
    for (const auto& service : kServices) {
      all.push_back({fmt::format("--{}", service.cli), VariableOf(service, "ADDRESS"), "HOST:PORT",
                     fmt::format("The {} service", service.name), service.address});
    }
    const std::vector<ConnectionFlag> rest = {
        {"--token-file", "", "FILE", "The token of a service without TLS"},
        {"--tls-cert", "CDISCOUNT_TLS_CERT", "FILE", "Our certificate, PEM; with a name that may call"},
        {"--tls-key", "CDISCOUNT_TLS_KEY", "FILE", "Its key, PEM"},
        {"--tls-ca", "CDISCOUNT_TLS_CA", "FILE", "Who signed the services' certificates, PEM"},
        {"--tls-server-name", "CDISCOUNT_TLS_SERVER_NAME", "NAME", "The name in their certificates, if not the host"},
        {"--kafka", "CDISCOUNT_KAFKA", "HOST:PORT,...", "Kafka's bootstrap servers", "127.0.0.1:9092"},
        {"--kafka-namespace", "CDISCOUNT_KAFKA_NAMESPACE", "TEXT", "What stands before each topic's name"},
        {"--kafka-properties", "CDISCOUNT_KAFKA_PROPERTIES", "FILE", "Properties of librdkafka, one a line"}};
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  }();
  return flags;
}

Surroundings TheSurroundings() {
  Surroundings around;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (text.starts_with("CDISCOUNT_"))
      around.environment[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  // build/dev/bin/cdiscountctl -> build/demo/demo.env: a file in another folder, which any user may own, is ignored.
  if (!failed) around.demo_file = self.parent_path().parent_path().parent_path() / "demo" / "demo.env";
  return around;
}

Addresses FindAddresses(const Arguments& arguments, const Surroundings& around) {
  const Finder finder(arguments, around);
  const auto value = [&](const char* flag) { return finder.Find(flag).target; };
  Addresses found{
      .kafka = finder.Find("--kafka"),
      .kafka_namespace = value("--kafka-namespace"),
      .kafka_properties_file = value("--kafka-properties"),
      .kafka_allow_plaintext = arguments.kafka_allow_plaintext ||
                               finder.Find({.variable = "CDISCOUNT_KAFKA_ALLOW_PLAINTEXT"}).target == "true",
      .tls = std::nullopt,
      .tls_server_name = value("--tls-server-name")};
  for (const auto& service : kServices) {
    auto& address = found.services[service.cli] = finder.Find(fmt::format("--{}", service.cli));
    const auto variable = VariableOf(service, "TOKEN_FILE");
    address.token_file =
        finder.Find({.flag = "--token-file", .variable = variable, .fallback = service.token_file}).target;
  }
  const rpc::MutualTls tls{.certificate_chain_file = value("--tls-cert"),
                           .private_key_file = value("--tls-key"),
                           .peer_ca_file = value("--tls-ca")};
  if (!(tls.certificate_chain_file + tls.private_key_file + tls.peer_ca_file).empty()) found.tls = tls;
  return found;
}

}  // namespace cdiscount::cli
