#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "core/result.hpp"
#include "kafka/options.hpp"
#include "kafka/record.hpp"

namespace cdiscount::order_ingest {

inline constexpr std::string_view kAccountsTopic = "cdiscount.accounts.v1";

/// An announcement of `auth` as we keep it. Fails with kUnreadable when the message is none, or names no account.
Result<AccountFact> ReadAccount(const kafka::Message& message);

/// Follows the accounts topic into our own table: whole at the first start, then from the position that the database
/// keeps. A thread of its own; the store is called on the network thread.
class AccountFollower {
 public:
  /// `on_change` is called on the network thread after announcements were stored.
  AccountFollower(boost::asio::any_io_executor network, kafka::KafkaOptions options, AccountStore& store,
                  std::function<void()> on_change);

  /// Until `stop`. Kafka, the topic or the database may be away, also at the start: it goes on when they are back.
  void Run(std::stop_token stop);

 private:
  Status Follow(std::stop_token stop);
  Result<std::vector<kafka::PartitionOffset>> StoredPositions(std::int32_t partitions);
  Status Store(const kafka::Message& message, std::int64_t& position);
  Status StartOver(std::vector<kafka::PartitionOffset>& positions);

  boost::asio::any_io_executor network_;
  kafka::KafkaOptions options_;
  AccountStore& store_;
  std::function<void()> on_change_;
};

}  // namespace cdiscount::order_ingest
