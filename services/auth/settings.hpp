#pragma once

#include "core/result.hpp"
#include "crypto/key_options.hpp"
#include "domain/token_decision.hpp"
#include "kafka/options.hpp"
#include "marketplace/options.hpp"
#include "rpc/server.hpp"
#include "service/admin_server.hpp"
#include "settings/table.hpp"
#include "store/database.hpp"

namespace cdiscount::auth {

/// Everything that can be set; the table is in settings.cpp.
struct Settings {
  store::DatabaseOptions database{.url = "sqlite://auth.db"};
  crypto::KeyOptions keys{.file = "auth.keys"};
  kafka::KafkaOptions kafka;
  marketplace::Options marketplace;
  TokenLimits tokens;
  rpc::ServerOptions grpc{.port = 7101, .token_file = "auth.token"};
  service::AdminOptions admin{.port = 7201};

  void Describe(settings::Table& table);
  Status Check() const;

  /// With the time that a request may take.
  TokenLimits Tokens() const;
};

}  // namespace cdiscount::auth
