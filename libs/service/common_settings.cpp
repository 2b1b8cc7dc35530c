#include "service/common_settings.hpp"

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <utility>

#include "core/host_port.hpp"

namespace cdiscount::service {
namespace {

bool IsAddress(std::string_view text) {
  boost::system::error_code failed;
  boost::asio::ip::make_address(text, failed);
  return !failed;
}

bool IsTarget(std::string_view text) {
  return ParseHostPort(text).has_value();
}

/// The first file that is named creates the whole.
void DescribeTls(SettingsTable& table, const std::string& prefix, std::optional<rpc::MutualTls>& tls) {
  const auto file = [&](const char* key, std::string rpc::MutualTls::* member, const char* about) {
    table.Custom(prefix + ".tls." + key, "path", "", "", about, [&tls, member](const std::string& text) -> Status {
      if (text.empty()) return Ok();
      if (!tls) tls.emplace();
      (*tls).*member = text;
      return Ok();
    });
  };
  file("certificate", &rpc::MutualTls::certificate_chain_file,
       "Our certificate chain in PEM; with key and peer_ca: mutual TLS.");
  file("key", &rpc::MutualTls::private_key_file, "The key of our certificate, in PEM.");
  file("peer_ca", &rpc::MutualTls::peer_ca_file, "Who signs the other side's certificate, in PEM.");
}

}  // namespace

void Describe(SettingsTable& table, rpc::ServerOptions& options, ListenerDefaults defaults) {
  table.Text("grpc.address", options.address, "127.0.0.1",
             "Where gRPC listens; another than 127.0.0.1 and ::1 needs mutual TLS.",
             {.constraint = "an IP address", .accepts = IsAddress});
  table.Integer("grpc.port", options.port, defaults.port, {0, 65535}, "", "The gRPC port; 0 = any free one.");
  table.Path("grpc.token_file", options.token_file, std::move(defaults.token_file),
             "Without mutual TLS: who can read this file may call. Made at the start when it is missing, for its owner "
             "alone (mode 0600).");
  table.Custom("grpc.callers", "text", "", "NAME=ROLE, NAME=ROLE, ...",
               "With mutual TLS: further names of certificates (DNS, URI or common name), and the role that each has; "
               "a name that is "
               "a role needs no entry. Roles: services/README.md.",
               [&options](const std::string& text) -> Status {
                 auto roles = rpc::ParseRolesByName(text);
                 if (!roles) return roles.error();
                 options.roles = *std::move(roles);
                 return Ok();
               });
  table.Flag("grpc.reflection", options.reflection, false, "Lets tools list the services; off in production.");
  table.Size("grpc.message_limit", options.message_limit, std::size_t{4} << 20U, {1024, std::size_t{64} << 20U},
             "Largest gRPC message, both ways.");
  table.Integer("grpc.streams", options.streams, 100, {1, 10'000}, "calls", "Running at once on one connection.");
  table.Duration("grpc.connection_age", options.connection_age, std::chrono::minutes{30},
                 {std::chrono::seconds{10}, std::chrono::hours{24}},
                 "A connection is ended kindly after it, so that the peer shows its certificate again.");
  DescribeTls(table, "grpc", options.tls);
}

void Describe(SettingsTable& table, AdminOptions& options, ListenerDefaults defaults) {
  table.Text("admin.address", options.address, "127.0.0.1",
             "Where /livez, /readyz and /metrics listen, in plain text: 0.0.0.0 lets probes and Prometheus of other "
             "machines in. No secret is shown there.",
             {.constraint = "an IP address", .accepts = IsAddress});
  table.Integer("admin.port", options.port, defaults.port, {0, 65535}, "", "The admin port; 0 = any free one.");
}

void Describe(SettingsTable& table, const std::string& prefix, rpc::ChannelOptions& options,
              const std::string& default_target) {
  table.Text(prefix + ".address", options.target, default_target, "The gRPC server of " + prefix + ".",
             {.constraint = "host:port with a port from 1 to 65535", .accepts = IsTarget});
  table.Path(prefix + ".token_file", options.token_file, prefix + ".token",
             "Without mutual TLS: grpc.token_file of " + prefix + ".");
  DescribeTls(table, prefix, options.tls);
  table.Text(prefix + ".tls.server_name", options.server_name, "",
             "The name in the certificate of " + prefix + ", when it is not the host of " + prefix + ".address.",
             {.may_be_empty = true});
}

}  // namespace cdiscount::service
