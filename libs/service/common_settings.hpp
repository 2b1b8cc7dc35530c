#pragma once

#include <cstdint>
#include <string>

#include "rpc/channel.hpp"
#include "rpc/server.hpp"
#include "service/admin_server.hpp"
#include "service/settings.hpp"

// Rows that several services have, so that they are called the same everywhere.
namespace cdiscount::service {

struct ListenerDefaults {
  std::uint16_t port;
  std::string token_file = {};  ///< Of gRPC in plain text; relative to the working directory, as the database is.
};

/// grpc.address, grpc.port, grpc.token_file, grpc.callers, grpc.reflection, grpc.message_limit, grpc.streams,
/// grpc.connection_age, grpc.tls.{certificate,key,peer_ca}.
void Describe(SettingsTable& table, rpc::ServerOptions& options, ListenerDefaults defaults);

/// admin.address, admin.port.
void Describe(SettingsTable& table, AdminOptions& options, ListenerDefaults defaults);

/// <prefix>.address ("host:port"), <prefix>.token_file, <prefix>.tls.{certificate,key,peer_ca,server_name}: a gRPC
/// server that this one calls.
void Describe(SettingsTable& table, const std::string& prefix, rpc::ChannelOptions& options,
              const std::string& default_target);

}  // namespace cdiscount::service
