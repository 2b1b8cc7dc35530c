#include "outbox/relay/topic_setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>

#include "telemetry/log.hpp"

namespace cdiscount::outbox {
namespace {

using namespace std::chrono_literals;

constexpr auto kCall = 5000ms;
/// Key, headers and the record's own framing, beside the value.
constexpr std::size_t kAroundTheValue = 4096;

constexpr std::string_view kRegister =
    "INSERT INTO outbox_topic (topic, partitions, slot) "
    "SELECT CAST(:topic AS TEXT), :partitions, coalesce(max(slot) + 1, 0) FROM outbox_topic "
    "WHERE true ON CONFLICT (topic) DO NOTHING";
constexpr std::string_view kRegistered = "SELECT topic, partitions, slot FROM outbox_topic";

std::map<std::string, std::string> ConfigOf(const TopicSpec& topic) {
  if (topic.compacted) return {{"cleanup.policy", "compact"}};
  const auto retention = std::chrono::duration_cast<std::chrono::milliseconds>(topic.retention);
  return {{"cleanup.policy", "delete"}, {"retention.ms", std::to_string(retention.count())}};
}

std::optional<Stop> CheckPartitions(const std::string& topic, std::int32_t partitions) {
  if (partitions == kPartitions) return std::nullopt;
  return Stop{
      StopReason::kPartitionCount,
      fmt::format("{} has {} partitions, and keys are spread over {}: an order's events would stand in two "
                  "partitions",
                  topic, partitions, kPartitions),
      fmt::format("delete the topic if it is empty, and it is made with {}; else publish to a new topic version",
                  kPartitions)};
}

std::optional<Stop> CheckConfig(const std::string& topic, const TopicSpec& spec,
                                const std::map<std::string, std::string>& config, std::size_t value_limit) {
  const auto policy = config.find("cleanup.policy");
  if (policy != config.end() && policy->second != (spec.compacted ? "compact" : "delete")) {
    log::Warn(
        "kafka_topic_policy",
        {{"topic", topic}, {"cleanup_policy", policy->second}, {"expected", spec.compacted ? "compact" : "delete"}});
  }
  const auto limit = config.find("max.message.bytes");
  if (limit == config.end()) return std::nullopt;
  const auto bytes = std::strtoull(limit->second.c_str(), nullptr, 10);
  if (bytes >= value_limit + kAroundTheValue) return std::nullopt;
  return Stop{StopReason::kMessageLimit,
              fmt::format("{} takes records of {} bytes, and the outbox takes values of {}", topic, bytes, value_limit),
              fmt::format("set the topic's max.message.bytes to {} or more", value_limit + kAroundTheValue)};
}

/// A topic that was just made shows in the metadata a moment later. Kafka sends no event for it, so it is asked in
/// steps of 20 ms, for 3 s at most.
Result<std::int32_t> CountPartitionsSoon(kafka::Admin& admin, const std::string& topic, std::int32_t wanted) {
  const auto deadline = std::chrono::steady_clock::now() + 3s;
  while (true) {
    auto count = admin.CountPartitions(topic, kCall);
    const bool not_yet = count ? *count < wanted : count.error().code == ErrorCode::kNotFound;
    if (!not_yet || std::chrono::steady_clock::now() >= deadline) return count;
    std::this_thread::sleep_for(20ms);
  }
}

Result<std::optional<Stop>> EnsureTopic(kafka::Admin& admin, const RelayOptions& options, const TopicSpec& spec) {
  const auto topic = options.kafka.Prefixed(spec.name);
  if (auto made = admin.CreateTopic(topic, kPartitions, ConfigOf(spec), kCall); !made) {
    // A user without the right to make topics may find them there.
    if (made.error().code != ErrorCode::kPermissionDenied) return made.error();
    log::Info("kafka_topic_not_made", {{"topic", topic}, {"problem", made.error().message}});
  }
  const auto partitions = CountPartitionsSoon(admin, topic, 1);
  if (!partitions) return partitions.error();
  if (auto stop = CheckPartitions(topic, *partitions)) return stop;
  const auto config = admin.Config(topic, kCall);
  if (!config && config.error().code == ErrorCode::kPermissionDenied) {
    log::Info("kafka_topic_not_described", {{"topic", topic}, {"problem", config.error().message}});
    return std::optional<Stop>();
  }
  if (!config) return config.error();
  return CheckConfig(topic, spec, *config, options.value_limit);
}

Status EnsureProgressTopic(kafka::Admin& admin, const RelayOptions& options, const ProgressSlots& slots) {
  const auto topic = RelayNames::Progress(options.kafka, options.service);
  std::int32_t wanted = 0;
  for (const auto& [name, slot] : slots) wanted = std::max(wanted, (slot + 1) * kPartitions);
  // It holds no record, so how long it keeps them does not matter.
  if (auto made = admin.CreateTopic(topic, wanted, {}, kCall); !made) {
    if (made.error().code != ErrorCode::kPermissionDenied) return made;
  }
  if (const auto shown = CountPartitionsSoon(admin, topic, 1); !shown) return shown.error();
  if (auto grown = admin.GrowTopic(topic, wanted, kCall); !grown) return grown;
  const auto partitions = CountPartitionsSoon(admin, topic, wanted);
  if (!partitions) return partitions.error();
  if (*partitions >= wanted) return Ok();
  return Error{ErrorCode::kUnavailable,
               fmt::format("{} has {} partitions so far, {} are needed", topic, *partitions, wanted)};
}

}  // namespace

ProgressSlots RegisterTopics(store::Session& session, const std::vector<TopicSpec>& topics) {
  store::Transaction transaction(session);
  for (const auto& topic : topics) {
    if (topic.copy_of.empty()) transaction.Execute(kRegister, {{"topic", topic.name}, {"partitions", kPartitions}});
  }
  ProgressSlots slots;
  for (const auto& row : transaction.Query(kRegistered)) {
    const auto topic = row.Text("topic");
    if (std::ranges::find(topics, topic, &TopicSpec::name) == topics.end()) continue;
    if (row.Int("partitions") != kPartitions) {
      throw store::StoreError(
          ErrorCode::kInternal,
          fmt::format("the keys of {} were spread over {} partitions, this program spreads over {}: "
                      "that takes a new topic version",
                      topic, row.Int("partitions"), kPartitions));
    }
    slots[topic] = static_cast<std::int32_t>(row.Int("slot"));
  }
  transaction.Commit();
  return slots;
}

Result<std::optional<Stop>> EnsureTopics(kafka::Admin& admin, const RelayOptions& options, const ProgressSlots& slots) {
  for (const auto& topic : options.topics) {
    auto stop = EnsureTopic(admin, options, topic);
    if (!stop || *stop) return stop;
  }
  if (auto status = EnsureProgressTopic(admin, options, slots); !status) return status.error();
  return std::optional<Stop>();
}

}  // namespace cdiscount::outbox
