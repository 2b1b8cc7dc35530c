#include "kafka/consumer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "kafka/client.hpp"
#include "kafka/client_error.hpp"
#include "kafka/conf.hpp"

namespace cdiscount::kafka {
namespace {

using SteadyClock = std::chrono::steady_clock;

Message ToMessage(const rd_kafka_message_t& raw) {
  Message message;
  message.topic = rd_kafka_topic_name(raw.rkt);
  message.partition = raw.partition;
  message.offset = raw.offset;
  rd_kafka_timestamp_type_t kind{};
  message.timestamp = SysTime{std::chrono::milliseconds{rd_kafka_message_timestamp(&raw, &kind)}};
  if (raw.key != nullptr) message.key.assign(static_cast<const char*>(raw.key), raw.key_len);
  if (raw.payload != nullptr) message.value.emplace(static_cast<const char*>(raw.payload), raw.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&raw, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return message;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    message.headers.emplace_back(name, std::string(static_cast<const char*>(value), size));
  }
  return message;
}

bool PositionIsGone(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

}  // namespace

Consumer::Consumer(const KafkaOptions& options, const std::string& topic, const std::string& group)
    : topic_(options.Prefixed(topic)), client_(Make(options, group)) {
  rd_kafka_poll_set_consumer(client_.get());
}

Consumer::~Consumer() {
  rd_kafka_consumer_close(client_.get());
}

ClientHandle Consumer::Make(const KafkaOptions& options, const std::string& group) {
  // A group id is asked for by librdkafka even where no group is joined and nothing is committed.
  auto conf = MakeConf(options, {{"group.id", options.Prefixed(group)},
                                 {"session.timeout.ms", "10000"},  // so that the partitions of a dead member move on
                                 {"enable.auto.commit", "false"},
                                 {"enable.auto.offset.store", "false"},
                                 {"enable.partition.eof", "true"},
                                 {"auto.offset.reset", "error"},
                                 {"isolation.level", "read_committed"},
                                 {"fetch.wait.max.ms", "100"},
                                 {"fetch.error.backoff.ms", "100"}});
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_rebalance_cb(conf.get(), OnRebalance);
  return MakeClient(RD_KAFKA_CONSUMER, std::move(conf));
}

Result<std::int32_t> Consumer::CountPartitions(std::chrono::milliseconds timeout) {
  return kafka::CountPartitions(client_.get(), topic_, timeout);
}

Result<std::vector<PartitionOffset>> Consumer::Ends(std::chrono::milliseconds timeout) {
  const auto count = CountPartitions(timeout);
  if (!count) return count.error();
  std::vector<std::int32_t> partitions(static_cast<std::size_t>(*count));
  std::iota(partitions.begin(), partitions.end(), 0);
  const auto offsets = EndsOf(client_.get(), topic_, partitions, timeout);
  if (!offsets) return offsets.error();
  std::vector<PartitionOffset> ends;
  for (const auto partition : partitions) ends.push_back({partition, (*offsets)[static_cast<std::size_t>(partition)]});
  return ends;
}

Status Consumer::Start(const std::vector<PartitionOffset>& positions, std::chrono::milliseconds timeout) {
  const auto count = CountPartitions(timeout);
  if (!count) return count.error();
  const PartitionsHandle list(rd_kafka_topic_partition_list_new(*count));
  at_end_.clear();
  for (std::int32_t partition = 0; partition < *count; ++partition) {
    auto* entry = rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), partition);
    const auto known = std::ranges::find(positions, partition, &PartitionOffset::partition);
    // 0 is the beginning, wherever the log begins today.
    entry->offset = known == positions.end() || known->offset == 0 ? RD_KAFKA_OFFSET_BEGINNING : known->offset;
  }
  at_end_.assign(static_cast<std::size_t>(*count), false);
  const auto code = rd_kafka_assign(client_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return MakeError(fmt::format("start to read {}", topic_), code);
  return Ok();
}

Status Consumer::Join(Places places) {
  places_ = std::move(places);
  const PartitionsHandle list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), RD_KAFKA_PARTITION_UA);
  const auto code = rd_kafka_subscribe(client_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return MakeError(fmt::format("join the readers of {}", topic_), code);
  return Ok();
}

void Consumer::OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* given,
                           void* self) {
  auto& consumer = *static_cast<Consumer*>(self);
  if (code != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS || !consumer.Place(*given)) given = nullptr;
  (void)rd_kafka_assign(client, given);
}

bool Consumer::Place(rd_kafka_topic_partition_list_t& given) {
  try {
    std::vector<std::int32_t> partitions;
    for (int i = 0; i < given.cnt; ++i) partitions.push_back(given.elems[i].partition);
    at_end_.assign(partitions.empty() ? 0 : static_cast<std::size_t>(std::ranges::max(partitions)) + 1, true);
    for (const auto& place : places_(partitions)) {
      auto* entry = rd_kafka_topic_partition_list_find(&given, topic_.c_str(), place.partition);
      if (entry == nullptr) continue;
      entry->offset = place.offset == 0 ? RD_KAFKA_OFFSET_BEGINNING : place.offset;
      at_end_[static_cast<std::size_t>(place.partition)] = false;
    }
    return true;
  } catch (...) {
    problem_ = std::current_exception();
    return false;
  }
}

void Consumer::NotePositions(const std::vector<Message>& messages) {
  const PartitionsHandle list(rd_kafka_topic_partition_list_new(1));
  for (const auto& message : messages) {
    auto* entry = rd_kafka_topic_partition_list_find(list.get(), topic_.c_str(), message.partition);
    if (entry == nullptr) {
      entry = rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), message.partition);
    }
    entry->offset = message.offset + 1;
  }
  (void)rd_kafka_commit(client_.get(), list.get(), 1);
}

Result<std::vector<Message>> Consumer::Poll(std::size_t most, std::chrono::milliseconds timeout) {
  std::vector<Message> messages;
  const auto deadline = SteadyClock::now() + timeout;
  while (messages.size() < most) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
    // Once there is a record, only those that are here already join it.
    const auto wait = messages.empty() ? std::max(left, std::chrono::milliseconds{0}) : std::chrono::milliseconds{0};
    const MessageHandle raw(rd_kafka_consumer_poll(client_.get(), Milliseconds(wait)));
    if (problem_) std::rethrow_exception(std::exchange(problem_, nullptr));
    if (!raw) break;
    if (raw->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      at_end_[static_cast<std::size_t>(raw->partition)] = true;
      if (messages.empty() && std::ranges::all_of(at_end_, [](bool end) { return end; })) break;
      continue;
    }
    if (PositionIsGone(raw->err)) {
      auto error =
          MakeError(fmt::format("read {}/{}", topic_, raw->partition), raw->err, rd_kafka_message_errstr(raw.get()));
      error.code = ErrorCode::kNotFound;
      return error;
    }
    if (raw->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
      return MakeError(fmt::format("read {}", topic_), raw->err);
    }
    if (raw->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;  // librdkafka goes on by itself
    at_end_[static_cast<std::size_t>(raw->partition)] = false;
    messages.push_back(ToMessage(*raw));
  }
  return messages;
}

Status Consumer::ReadToEnd(const std::vector<PartitionOffset>& positions,
                           const std::function<void(Message)>& on_message, std::chrono::milliseconds timeout,
                           std::stop_token stop) {
  const auto deadline = SteadyClock::now() + timeout;
  if (auto status = Start(positions, timeout); !status) return status;
  // A partition has been read when its end was met: an offset cannot tell, for markers of transactions have offsets
  // too.
  std::vector<bool> read(at_end_.size(), false);
  while (!std::ranges::all_of(read, [](bool done) { return done; })) {
    if (stop.stop_requested()) return Error{ErrorCode::kCancelled, fmt::format("reading {} was stopped", topic_)};
    if (SteadyClock::now() >= deadline) {
      return Error{ErrorCode::kDeadlineExceeded, fmt::format("Kafka: the end of {} was not reached in {} ms; is the "
                                                             "broker reachable?",
                                                             topic_, timeout.count())};
    }
    auto messages = Poll(1000, std::chrono::milliseconds{200});
    if (!messages) return messages.error();
    for (auto& message : *messages) on_message(std::move(message));
    for (std::size_t i = 0; i < read.size(); ++i) read[i] = read[i] || at_end_[i];
  }
  return Ok();
}

}  // namespace cdiscount::kafka
