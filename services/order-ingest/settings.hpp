#pragma once

#include <chrono>

#include "app/ingest_orders.hpp"
#include "app/poll_scheduler.hpp"
#include "kafka/options.hpp"
#include "rpc/channel.hpp"
#include "rpc/server.hpp"
#include "service/admin_server.hpp"
#include "service/data_settings.hpp"
#include "service/settings.hpp"

namespace cdiscount::order_ingest {

/// Everything that can be set; the table is in settings.cpp.
struct Settings {
  service::DatabaseSettings database;
  service::KeySettings keys;
  kafka::KafkaOptions kafka;
  service::MarketplaceSettings marketplace;
  rpc::ChannelOptions auth;
  PollingOptions polling;
  SchedulerOptions scheduler;
  rpc::ServerOptions grpc;
  service::AdminOptions admin;

  void Describe(service::SettingsTable& table);
  Status Check() const;
  /// `scheduler`, with the name of this process, and the time after which a poll that did not end by itself is ended.
  SchedulerOptions Scheduler(std::string owner) const;
};

}  // namespace cdiscount::order_ingest
