#include "kafka/admin.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "kafka/client.hpp"
#include "kafka/client_error.hpp"
#include "kafka/conf.hpp"

namespace cdiscount::kafka {
namespace {

using NewPartitionsHandle = std::unique_ptr<rd_kafka_NewPartitions_t, detail::Deleter<rd_kafka_NewPartitions_destroy>>;
using DeleteTopicHandle = std::unique_ptr<rd_kafka_DeleteTopic_t, detail::Deleter<rd_kafka_DeleteTopic_destroy>>;

/// The first error among the topics of an answer.
Status StatusOfTopics(const std::string& tried, const rd_kafka_topic_result_t** topics, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto code = rd_kafka_topic_result_error(topics[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const char* reason = rd_kafka_topic_result_error_string(topics[i]);
    return MakeError(tried, code, reason == nullptr ? "" : reason);
  }
  return Ok();
}

}  // namespace

Admin::Admin(const KafkaOptions& options)
    // A consumer: asking for the metadata of a topic as a producer would make the topic, with the broker's defaults.
    : client_(MakeClient(RD_KAFKA_CONSUMER, MakeConf(options, {{"group.id", options.Prefixed("cdiscount.admin")},
                                                               {"enable.auto.commit", "false"},
                                                               {"isolation.level", "read_uncommitted"},
                                                               {"allow.auto.create.topics", "false"}}))),
      queue_(rd_kafka_queue_new(client_.get())) {}

Result<EventHandle> Admin::Ask(const std::string& tried, rd_kafka_admin_op_t operation,
                               std::chrono::milliseconds timeout, const Send& send) {
  const AdminOptionsHandle options(rd_kafka_AdminOptions_new(client_.get(), operation));
  std::array<char, 256> reason{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), Milliseconds(timeout), reason.data(), reason.size());
  // Topics are waited for, so that who comes next finds them in the metadata.
  if (operation != RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) {
    rd_kafka_AdminOptions_set_operation_timeout(options.get(), Milliseconds(timeout), reason.data(), reason.size());
  }
  send(options.get(), queue_.get());
  // The answer comes at the latest when its own timeout is over; a little is added so that it is the one that speaks.
  EventHandle event(rd_kafka_queue_poll(queue_.get(), Milliseconds(timeout) + 1000));
  if (!event) return MakeError(tried, RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (const auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return MakeError(tried, code, rd_kafka_event_error_string(event.get()));
  }
  return event;
}

Status Admin::CreateTopic(const std::string& topic, std::int32_t partitions,
                          const std::map<std::string, std::string>& config, std::chrono::milliseconds timeout) {
  const auto tried = fmt::format("create the topic {}", topic);
  std::array<char, 256> reason{};
  const NewTopicHandle wanted(rd_kafka_NewTopic_new(topic.c_str(), partitions, -1, reason.data(), reason.size()));
  if (!wanted) return MakeError(tried, RD_KAFKA_RESP_ERR__INVALID_ARG, reason.data());
  for (const auto& [name, value] : config) rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());

  const auto event = Ask(tried, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout, [&](auto* options, auto* queue) {
    rd_kafka_NewTopic_t* topics[] = {wanted.get()};
    rd_kafka_CreateTopics(client_.get(), topics, 1, options, queue);
  });
  if (!event) return event.error();
  std::size_t count = 0;
  const auto* answer = rd_kafka_event_CreateTopics_result(event->get());
  const auto status = StatusOfTopics(tried, rd_kafka_CreateTopics_result_topics(answer, &count), count);
  if (!status && status.error().code == ErrorCode::kAlreadyExists) return Ok();
  return status;
}

Status Admin::GrowTopic(const std::string& topic, std::int32_t total, std::chrono::milliseconds timeout) {
  const auto tried = fmt::format("add partitions to {}", topic);
  const auto now = CountPartitions(topic, timeout);
  if (!now) return now.error();
  if (*now >= total) return Ok();
  std::array<char, 256> reason{};
  const NewPartitionsHandle wanted(
      rd_kafka_NewPartitions_new(topic.c_str(), static_cast<std::size_t>(total), reason.data(), reason.size()));
  if (!wanted) return MakeError(tried, RD_KAFKA_RESP_ERR__INVALID_ARG, reason.data());

  const auto event = Ask(tried, RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, timeout, [&](auto* options, auto* queue) {
    rd_kafka_NewPartitions_t* topics[] = {wanted.get()};
    rd_kafka_CreatePartitions(client_.get(), topics, 1, options, queue);
  });
  if (!event) return event.error();
  std::size_t count = 0;
  const auto* answer = rd_kafka_event_CreatePartitions_result(event->get());
  return StatusOfTopics(tried, rd_kafka_CreatePartitions_result_topics(answer, &count), count);
}

Status Admin::DeleteTopic(const std::string& topic, std::chrono::milliseconds timeout) {
  const auto tried = fmt::format("delete the topic {}", topic);
  const DeleteTopicHandle unwanted(rd_kafka_DeleteTopic_new(topic.c_str()));
  const auto event = Ask(tried, RD_KAFKA_ADMIN_OP_DELETETOPICS, timeout, [&](auto* options, auto* queue) {
    rd_kafka_DeleteTopic_t* topics[] = {unwanted.get()};
    rd_kafka_DeleteTopics(client_.get(), topics, 1, options, queue);
  });
  if (!event) return event.error();
  std::size_t count = 0;
  const auto* answer = rd_kafka_event_DeleteTopics_result(event->get());
  const auto status = StatusOfTopics(tried, rd_kafka_DeleteTopics_result_topics(answer, &count), count);
  if (!status && status.error().code == ErrorCode::kNotFound) return Ok();
  return status;
}

Result<std::int32_t> Admin::CountPartitions(const std::string& topic, std::chrono::milliseconds timeout) {
  return kafka::CountPartitions(client_.get(), topic, timeout);
}

Result<std::map<std::string, std::string>> Admin::Config(const std::string& topic, std::chrono::milliseconds timeout) {
  const auto tried = fmt::format("describe the topic {}", topic);
  const ConfigResourceHandle wanted(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  const auto event = Ask(tried, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout, [&](auto* options, auto* queue) {
    rd_kafka_ConfigResource_t* topics[] = {wanted.get()};
    rd_kafka_DescribeConfigs(client_.get(), topics, 1, options, queue);
  });
  if (!event) return event.error();
  std::size_t count = 0;
  const auto* answer = rd_kafka_event_DescribeConfigs_result(event->get());
  const auto** topics = rd_kafka_DescribeConfigs_result_resources(answer, &count);
  if (count != 1) return MakeError(tried, RD_KAFKA_RESP_ERR__BAD_MSG);
  if (const auto code = rd_kafka_ConfigResource_error(topics[0]); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return MakeError(tried, code);
  }
  std::size_t size = 0;
  const auto** entries = rd_kafka_ConfigResource_configs(topics[0], &size);
  std::map<std::string, std::string> config;
  for (std::size_t i = 0; i < size; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    config.emplace(rd_kafka_ConfigEntry_name(entries[i]), value == nullptr ? "" : value);
  }
  return config;
}

Result<std::vector<std::int64_t>> Admin::Ends(const std::string& topic, const std::vector<std::int32_t>& partitions,
                                              std::chrono::milliseconds timeout) {
  return EndsOf(client_.get(), topic, partitions, timeout);
}

}  // namespace cdiscount::kafka
