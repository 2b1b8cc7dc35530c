// The settings of both ends of a call, called the same in every service.
#include <chrono>
#include <optional>
#include <utility>

#include "rpc/channel.hpp"
#include "rpc/server.hpp"
#include "settings/table.hpp"

namespace cdiscount::rpc {
namespace {

using namespace std::chrono_literals;

/// The first file that is named creates the whole.
void DescribeTls(settings::Table& table, const std::string& prefix, std::optional<MutualTls>& tls) {
  const auto file = [&](const char* key, std::string MutualTls::* member, const char* about) {
    table.Custom(prefix + ".tls." + key, "path", "", about, [&tls, member](const std::string& text) -> Status {
      if (text.empty()) return Ok();
      if (!tls) tls.emplace();
      (*tls).*member = text;
      return Ok();
    });
  };
  file("certificate", &MutualTls::certificate_chain_file,
       "Our certificate chain in PEM; with key and peer_ca: mutual TLS.");
  file("key", &MutualTls::private_key_file, "The key of our certificate, in PEM.");
  file("peer_ca", &MutualTls::peer_ca_file, "Who signs the other side's certificate, in PEM.");
}

}  // namespace

void ServerOptions::Describe(settings::Table& table) {
  table.Text("grpc.address", address, "Where gRPC listens; another than 127.0.0.1 and ::1 needs mutual TLS.",
             settings::IpAddress());
  table.Integer("grpc.port", port, {0, 65535}, "", "The gRPC port; 0 = any free one.");
  table.Path("grpc.token_file", token_file,
             "Without mutual TLS: who can read this file may call. Made at the start when it is missing, for its owner "
             "alone (mode 0600).");
  table.Custom("grpc.callers", "text", "NAME=ROLE, NAME=ROLE, ...",
               "With mutual TLS: further names of certificates (DNS, URI or common name), and the role that each has; "
               "a name that is a role needs no entry. Roles: services/README.md.",
               [this](const std::string& text) -> Status {
                 auto given = ParseRolesByName(text);
                 if (!given) return given.error();
                 roles = *std::move(given);
                 return Ok();
               });
  table.Flag("grpc.reflection", reflection, "Lets tools list the services; off in production.");
  table.Size("grpc.message_limit", message_limit, {1024, std::size_t{64} << 20U}, "Largest gRPC message, both ways.");
  table.Integer("grpc.streams", streams, {1, 10'000}, "calls", "Running at once on one connection.");
  table.Duration("grpc.connection_age", connection_age, {10s, 24h},
                 "A connection is ended kindly after it, so that the peer shows its certificate again.");
  DescribeTls(table, "grpc", tls);
}

void ChannelOptions::Describe(settings::Table& table, const std::string& prefix) {
  table.Text(prefix + ".address", target, "The gRPC server of " + prefix + ".", settings::HostAndPort());
  table.Path(prefix + ".token_file", token_file, "Without mutual TLS: grpc.token_file of " + prefix + ".");
  table.Duration(
      prefix + ".timeout", timeout, {1s, 10min},
      "For one call; longer than " + prefix + " itself waits (its marketplace.timeout), so that its answer says why.");
  DescribeTls(table, prefix, tls);
  table.Text(prefix + ".tls.server_name", server_name,
             "The name in the certificate of " + prefix + ", when it is not the host of " + prefix + ".address.");
}

}  // namespace cdiscount::rpc
