#include "app/account_follower.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>

#include "cdiscount/events/v1/account_event.pb.h"
#include "core/retry.hpp"
#include "kafka/consumer.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace ev = cdiscount::events::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Runs a Task on the network thread and waits for it here.
template <class T>
T Await(const boost::asio::any_io_executor& network, Task<T> task) {
  return boost::asio::co_spawn(network, std::move(task), boost::asio::use_future).get();
}

void WaitFor(milliseconds duration, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, std::move(stop), duration, [] { return false; });
}

}  // namespace

Result<rows::AccountFact> ReadAccount(const kafka::Message& message) {
  ev::AccountEvent event;
  if (!message.value || !event.ParseFromString(*message.value)) {
    return Error{.code = ErrorCode::kUnreadable, .message = "the value is no AccountEvent"};
  }
  if (event.account_id().empty() || event.seller_id().empty()) {
    return Error{.code = ErrorCode::kUnreadable, .message = "account_id or seller_id is missing"};
  }
  const auto channel = event.sales_channel_id().empty() ? std::string("CDISFR") : event.sales_channel_id();
  return rows::AccountFact{.who = {.account = AccountId{event.account_id()},
                                   .seller = SellerId{event.seller_id()},
                                   .channel = ChannelId{channel},
                                   .generation = event.generation()},
                           .name = event.name(),
                           .enabled = event.state() == ev::ACCOUNT_STATE_ENABLED,
                           .version = event.version()};
}

AccountFollower::AccountFollower(boost::asio::any_io_executor network, kafka::KafkaOptions options,
                                 store::Database& database, telemetry::Metrics& metrics,
                                 std::function<void()> on_change)
    : network_(std::move(network)),
      options_(std::move(options)),
      database_(database),
      interrupted_(metrics.AddCounter("order_ingest_accounts_interrupted_total",
                                      "Following the accounts was interrupted (Kafka or the database away, another "
                                      "replica first), and begun again.")),
      on_change_(std::move(on_change)) {}

void AccountFollower::Run(std::stop_token stop) {
  Backoff backoff{milliseconds{200}, seconds{5}};
  log::Limited away;
  while (!stop.stop_requested()) {
    const auto ended = Follow(stop);
    if (ended) continue;
    interrupted_.Increment();
    if (std::exchange(moved_, false)) backoff.Reset();
    away.Warn("accounts_not_followed", {{"topic", kAccountsTopic}, {"error", ended.error().message}});
    WaitFor(backoff.Next(), stop);
  }
}

Status AccountFollower::Follow(std::stop_token stop) {
  kafka::Consumer consumer(options_, std::string(kAccountsTopic));
  const auto partitions = consumer.CountPartitions(seconds{5});
  if (!partitions) return partitions.error();
  auto positions = StoredPositions(*partitions);
  if (!positions) return positions.error();
  auto versions = Await(network_, database_.Run(rows::AccountVersions));
  if (!versions) return versions.error();
  versions_ = std::move(*versions);
  if (const auto started = consumer.Start({}, seconds{5}); !started) return started;

  while (!stop.stop_requested()) {
    const auto messages = consumer.Poll(500, milliseconds{500});
    if (!messages) return messages.error();  // also when the topic is another one now: it is read from its beginning
    for (const auto& message : *messages) {
      auto& position = positions->at(static_cast<std::size_t>(message.partition)).offset;
      if (const auto stored = Store(message, position); !stored) return stored;
    }
    if (!messages->empty()) boost::asio::post(network_, on_change_);
  }
  return Ok();
}

Result<std::vector<kafka::PartitionOffset>> AccountFollower::StoredPositions(std::int32_t partitions) {
  std::vector<kafka::PartitionOffset> positions;
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    const auto find = [partition](store::Transaction& transaction) {
      return rows::FindPosition(transaction, std::string(kAccountsTopic), partition);
    };
    const auto position = Await(network_, database_.Run(find));
    if (!position) return position.error();
    positions.push_back({.partition = partition, .offset = *position});
  }
  return positions;
}

Status AccountFollower::Store(const kafka::Message& message, std::int64_t& position) {
  const auto account = ReadAccount(message);
  const bool again = message.offset < position;
  if (again && (!account || !IsNews(*account))) return Ok();
  if (!account && message.value) {
    log::Error("account_announcement_unreadable", {{"topic", kAccountsTopic},
                                                   {"partition", message.partition},
                                                   {"offset", message.offset},
                                                   {"error", account.error().message}});
  }
  const rows::ConsumerStep step{std::string(kAccountsTopic), message.partition, position,
                                again ? position : message.offset + 1};
  const auto apply = [&](store::Transaction& transaction) {
    return rows::ApplyAccount(transaction, account ? std::optional(*account) : std::nullopt, step);
  };
  auto stored = Await(network_, database_.Run(apply));
  if (!stored) return stored;
  position = step.to;
  moved_ = true;
  if (account && IsNews(*account)) versions_[account->who.account] = account->version;
  return Ok();
}

bool AccountFollower::IsNews(const rows::AccountFact& account) const {
  const auto known = versions_.find(account.who.account);
  return known == versions_.end() || known->second < account.version;
}

}  // namespace cdiscount::order_ingest
