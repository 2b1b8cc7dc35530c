#pragma once

#include "app/polling_options.hpp"
#include "crypto/key_options.hpp"
#include "kafka/options.hpp"
#include "marketplace/options.hpp"
#include "rpc/channel.hpp"
#include "rpc/server.hpp"
#include "service/admin_server.hpp"
#include "settings/table.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

/// Everything that can be set; the table is in settings.cpp.
struct Settings {
  store::DatabaseOptions database{.url = "sqlite://order-ingest.db"};
  crypto::KeyOptions keys{.file = "order-ingest.keys"};
  kafka::KafkaOptions kafka;
  marketplace::Options marketplace;
  rpc::ChannelOptions auth{.target = "127.0.0.1:7101", .token_file = "auth.token"};
  PollingOptions polling;
  rpc::ServerOptions grpc{.port = 7102, .token_file = "order-ingest.token"};
  service::AdminOptions admin{.port = 7202};

  void Describe(settings::Table& table);
  Status Check() const;
};

}  // namespace cdiscount::order_ingest
