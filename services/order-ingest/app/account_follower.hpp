#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "kafka/options.hpp"
#include "kafka/record.hpp"
#include "rows/accounts.hpp"
#include "store/database.hpp"
#include "telemetry/metrics.hpp"

namespace cdiscount::order_ingest {

inline constexpr std::string_view kAccountsTopic = "cdiscount.accounts.v1";

/// An announcement of `auth` as we keep it. Fails with kUnreadable when the message is none, or names no account.
Result<rows::AccountFact> ReadAccount(const kafka::Message& message);

/// Follows the accounts topic into our own table. The topic is compacted and small, so it is read from its beginning at
/// each start: a topic that was made anew cannot be told from the old one by its offsets, and what an account's version
/// shows as known costs nothing. An account that is on the topic no more stays as it is. A thread of its own; the store
/// is called on the network thread. Metric: order_ingest_accounts_interrupted_total.
class AccountFollower {
 public:
  /// `on_change` is called on the network thread after announcements were stored.
  AccountFollower(boost::asio::any_io_executor network, kafka::KafkaOptions options, store::Database& database,
                  telemetry::Metrics& metrics, std::function<void()> on_change);

  /// Until `stop`. Kafka, the topic or the database may be away, also at the start: it goes on when they are back.
  void Run(std::stop_token stop);

 private:
  Status Follow(std::stop_token stop);
  Result<std::vector<kafka::PartitionOffset>> StoredPositions(std::int32_t partitions);
  Status Store(const kafka::Message& message, std::int64_t& position);
  bool IsNews(const rows::AccountFact& account) const;

  boost::asio::any_io_executor network_;
  kafka::KafkaOptions options_;
  store::Database& database_;
  telemetry::Counter& interrupted_;
  std::function<void()> on_change_;
  std::map<AccountId, std::int64_t> versions_;  // that the database knows, or a newer one does
  bool moved_ = false;                          // since the last interruption
};

}  // namespace cdiscount::order_ingest
