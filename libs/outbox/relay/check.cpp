#include "outbox/relay/check.hpp"

#include <fmt/format.h>

namespace cdiscount::outbox {
namespace {

constexpr std::string_view kReconcile =
    "otherwise the outbox has to be reconciled with the topic (the last sequence and event id of each partition) "
    "before it "
    "may publish again";

std::string Name(const StreamFacts& facts) {
  return fmt::format("{}/{}", facts.stream.topic, facts.stream.partition);
}

std::optional<Stop> CheckWithoutProgress(const StreamFacts& facts) {
  if (facts.published > 0) {
    return Stop{
        StopReason::kProgressMissing,
        fmt::format("{} was published up to {}, and Kafka knows no progress of it (the progress topic was deleted, "
                    "or the offsets expired: offsets.retention.minutes)",
                    Name(facts), facts.published),
        fmt::format("bring the cluster back with its offsets; {}", kReconcile)};
  }
  if (facts.log_has_records) {
    return Stop{
        StopReason::kUnknownRecords,
        fmt::format("{} holds records, and neither this database nor Kafka knows how far it was published: this "
                    "looks like a new database on an old topic",
                    Name(facts)),
        fmt::format("bring back the database that published them, or give this installation a kafka.namespace of "
                    "its own; {}",
                    kReconcile)};
  }
  return std::nullopt;
}

}  // namespace

std::string_view ToString(StopReason reason) {
  switch (reason) {
    case StopReason::kProgressMissing:
      return "progress_missing";
    case StopReason::kUnknownRecords:
      return "unknown_records";
    case StopReason::kOtherInstallation:
      return "other_installation";
    case StopReason::kCounterBehind:
      return "counter_behind";
    case StopReason::kOtherEvent:
      return "other_event";
    case StopReason::kRowMissing:
      return "row_missing";
    case StopReason::kTopicRecreated:
      return "topic_recreated";
    case StopReason::kTopicMissing:
      return "topic_missing";
    case StopReason::kPartitionCount:
      return "partition_count";
    case StopReason::kMessageLimit:
      return "message_limit";
    case StopReason::kUnknownTopic:
      return "unknown_topic";
  }
  return "unknown";
}

std::string MetadataOf(const std::string& installation, const std::string& topic, const std::string& event_id) {
  return fmt::format("v1 {} {} {}", installation, topic, event_id);
}

std::string RemedyForRecreated(const std::string& topic) {
  return fmt::format(
      "bring the topic back from a mirror or a backup, or reconcile the outbox with it; then run in the database: "
      "UPDATE outbox_stream SET stopped = '', log_end = 0 WHERE topic = '{}'",
      topic);
}

std::optional<Stop> CheckStream(const StreamFacts& facts) {
  if (!facts.stopped.empty()) {
    return Stop{StopReason::kTopicRecreated, facts.stopped, RemedyForRecreated(facts.stream.topic)};
  }
  if (!facts.progress) return CheckWithoutProgress(facts);
  const auto progress = facts.progress->sequence;
  const auto& metadata = facts.progress->metadata;
  const auto ours = MetadataOf(facts.installation, facts.primary, "");
  if (!metadata.starts_with(ours)) {
    return Stop{StopReason::kOtherInstallation,
                fmt::format("the progress of {} on Kafka (\"{}\") was written by another database than this one ({})",
                            Name(facts), metadata, facts.installation),
                fmt::format("bring back that database, or give this installation a kafka.namespace of its own; {}",
                            kReconcile)};
  }
  if (facts.counter < progress) {
    return Stop{
        StopReason::kCounterBehind,
        fmt::format("{} was published up to {}, and this database has numbered only {}: it is older than the topic",
                    Name(facts), progress, facts.counter),
        fmt::format("bring back the newest copy of the database; {}", kReconcile)};
  }
  if (!facts.event_id_at_progress || metadata != ours + *facts.event_id_at_progress) {
    return Stop{StopReason::kOtherEvent,
                fmt::format("{} at {}: published was the event of \"{}\", the outbox holds {}", Name(facts), progress,
                            metadata, facts.event_id_at_progress.value_or("no row there")),
                fmt::format("bring back the database that published it; {}", kReconcile)};
  }
  if (facts.counter > progress && !facts.row_after_progress) {
    return Stop{StopReason::kRowMissing,
                fmt::format("{}: {} was numbered, and its row is gone from the outbox", Name(facts), progress + 1),
                fmt::format("bring back the database with its rows; {}", kReconcile)};
  }
  if (!OffsetIsPossible(progress, facts.log_end - 1, facts.log_base) || facts.log_end < facts.seen_log_end) {
    return Stop{StopReason::kTopicRecreated,
                fmt::format("{} was published up to {}, was seen to end at offset {} and ends at {} now: the topic was "
                            "deleted and made anew",
                            Name(facts), progress, facts.seen_log_end, facts.log_end),
                RemedyForRecreated(facts.stream.topic)};
  }
  return std::nullopt;
}

bool OffsetIsPossible(std::int64_t sequence, std::int64_t offset, std::int64_t log_base) {
  return offset >= sequence - log_base - 1;
}

}  // namespace cdiscount::outbox
