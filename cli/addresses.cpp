#include "addresses.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <system_error>

#include "demo_file.hpp"

namespace cdiscount::cli {
namespace {

constexpr const char* kNames[] = {"CDISCOUNT_AUTH_ADDRESS",
                                  "CDISCOUNT_AUTH_TOKEN_FILE",
                                  "CDISCOUNT_ORDERS_ADDRESS",
                                  "CDISCOUNT_ORDERS_TOKEN_FILE",
                                  "CDISCOUNT_KAFKA",
                                  "CDISCOUNT_KAFKA_NAMESPACE",
                                  "CDISCOUNT_KAFKA_PROPERTIES",
                                  "CDISCOUNT_KAFKA_ALLOW_PLAINTEXT",
                                  "CDISCOUNT_TLS_CERT",
                                  "CDISCOUNT_TLS_KEY",
                                  "CDISCOUNT_TLS_CA",
                                  "CDISCOUNT_TLS_SERVER_NAME"};

class Finder {
 public:
  explicit Finder(const Surroundings& around)
      : environment_(around.environment), file_(around.demo_file), demo_(ReadDemoFile(around.demo_file)) {}

  Address Find(const std::string& given, const char* flag, const char* name, const char* fallback) const {
    if (!given.empty()) return {given, flag};
    if (const auto found = Get(environment_, name); !found.empty()) return {found, name};
    if (const auto found = Get(demo_.variables, name); !found.empty()) {
      return {found, fmt::format("the demo ({})", file_.string())};
    }
    if (demo_.not_followed.empty()) return {fallback, "the default"};
    return {fallback, fmt::format("the default; {} does not count: {}", file_.string(), demo_.not_followed)};
  }
  std::string Value(const std::string& given, const char* name, const char* fallback = "") const {
    return Find(given, "", name, fallback).target;
  }

 private:
  static std::string Get(const std::map<std::string, std::string>& variables, const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  }
  const std::map<std::string, std::string>& environment_;
  const std::filesystem::path file_;
  const DemoFile demo_;
};

}  // namespace

Surroundings TheSurroundings() {
  Surroundings around;
  for (const auto* name : kNames) {
    if (const auto* value = std::getenv(name)) around.environment[name] = value;
  }
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  // build/dev/bin/cdiscountctl -> build/demo/demo.env: no other folder's file is looked at, whoever put it there.
  if (!failed) around.demo_file = self.parent_path().parent_path().parent_path() / "demo" / "demo.env";
  return around;
}

Addresses FindAddresses(const Arguments& arguments, const Surroundings& around) {
  const Finder finder(around);
  Addresses found{.auth = finder.Find(arguments.auth, "--auth", "CDISCOUNT_AUTH_ADDRESS", "127.0.0.1:7101"),
                  .orders = finder.Find(arguments.orders, "--orders", "CDISCOUNT_ORDERS_ADDRESS", "127.0.0.1:7102"),
                  .kafka = finder.Find(arguments.kafka, "--kafka", "CDISCOUNT_KAFKA", "127.0.0.1:9092"),
                  .kafka_namespace = finder.Value(arguments.kafka_namespace, "CDISCOUNT_KAFKA_NAMESPACE"),
                  .kafka_properties_file = finder.Value(arguments.kafka_properties_file, "CDISCOUNT_KAFKA_PROPERTIES"),
                  .kafka_allow_plaintext =
                      arguments.kafka_allow_plaintext || finder.Value("", "CDISCOUNT_KAFKA_ALLOW_PLAINTEXT") == "true",
                  .tls = std::nullopt,
                  .tls_server_name = finder.Value(arguments.tls_server_name, "CDISCOUNT_TLS_SERVER_NAME")};
  found.auth.token_file = finder.Value(arguments.token_file, "CDISCOUNT_AUTH_TOKEN_FILE", "auth.token");
  found.orders.token_file = finder.Value(arguments.token_file, "CDISCOUNT_ORDERS_TOKEN_FILE", "order-ingest.token");
  const rpc::MutualTls tls{.certificate_chain_file = finder.Value(arguments.tls_certificate, "CDISCOUNT_TLS_CERT"),
                           .private_key_file = finder.Value(arguments.tls_key, "CDISCOUNT_TLS_KEY"),
                           .peer_ca_file = finder.Value(arguments.tls_ca, "CDISCOUNT_TLS_CA")};
  if (!(tls.certificate_chain_file + tls.private_key_file + tls.peer_ca_file).empty()) found.tls = tls;
  return found;
}

}  // namespace cdiscount::cli
