#pragma once

#include "core/result.hpp"
#include "domain/token_decision.hpp"
#include "kafka/options.hpp"
#include "rpc/server.hpp"
#include "service/admin_server.hpp"
#include "service/data_settings.hpp"
#include "service/settings.hpp"

namespace cdiscount::auth {

/// Everything that can be set; the table is in settings.cpp.
struct Settings {
  service::DatabaseSettings database;
  service::KeySettings keys;
  kafka::KafkaOptions kafka;
  service::MarketplaceSettings marketplace;
  TokenLimits tokens;
  rpc::ServerOptions grpc;
  service::AdminOptions admin;

  void Describe(service::SettingsTable& table);
  Status Check() const;

  /// With the time that a request may take.
  TokenLimits Tokens() const;
};

}  // namespace cdiscount::auth
