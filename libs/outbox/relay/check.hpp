#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "outbox/topics.hpp"

namespace cdiscount::outbox {

/// Why a lane does not publish until a person has looked.
enum class StopReason {
  kProgressMissing,    ///< Kafka knows no progress of a stream that was published.
  kUnknownRecords,     ///< The topic holds records, and neither Kafka nor this database knows how far it got.
  kOtherInstallation,  ///< The progress is that of another database.
  kCounterBehind,   ///< The database is older than what was published: a restored backup, a fail-over that lost rows.
  kOtherEvent,      ///< The row at the progress is not the event that was published there, or is gone.
  kRowMissing,      ///< The row after the progress is gone.
  kTopicRecreated,  ///< The topic is too short for what was published to it.
  kTopicMissing,    ///< The topic was deleted.
  kPartitionCount,  ///< The topic's partitions are not those that keys were spread by.
  kMessageLimit,    ///< The topic takes only smaller records than the outbox does.
  kUnknownTopic,    ///< A row names a topic that the service does not publish to.
};
inline constexpr StopReason kAllStopReasons[] = {
    StopReason::kProgressMissing, StopReason::kUnknownRecords, StopReason::kOtherInstallation,
    StopReason::kCounterBehind,   StopReason::kOtherEvent,     StopReason::kRowMissing,
    StopReason::kTopicRecreated,  StopReason::kTopicMissing,   StopReason::kPartitionCount,
    StopReason::kMessageLimit,    StopReason::kUnknownTopic};

/// The label of the metric, for example "counter_behind".
std::string_view ToString(StopReason reason);

/// A lane that stopped: what is wrong with what, and what to do.
struct Stop {
  StopReason reason;
  std::string problem;
  std::string remedy;
};

/// How far a stream got, as Kafka keeps it: committed in the transaction of the records themselves.
struct Progress {
  std::int64_t sequence = 0;
  std::string metadata;  ///< As MetadataOf writes it.
};

/// The remedy after a topic was deleted and made anew. Its last step clears both the stored problem and the stored end
/// of the log.
std::string RemedyForRecreated(const std::string& topic);

/// "v1 <installation> <topic> <event id>": the owner of the progress.
std::string MetadataOf(const std::string& installation, const std::string& topic, const std::string& event_id);

/// The facts about a stream from the database and from Kafka, at one instant.
struct StreamFacts {
  StreamId stream;
  std::string primary;                              ///< The topic that was numbered: the stream's own unless a copy's.
  std::string installation;                         ///< Of this database.
  std::int64_t counter = 0;                         ///< The last sequence that this database gave out.
  std::int64_t published = 0;                       ///< The last progress that this database has seen; may lag.
  std::int64_t log_base = 0;                        ///< Sequences up to this one are not on the topic of today.
  std::optional<Progress> progress;                 ///< Nothing: Kafka knows none.
  std::optional<std::string> event_id_at_progress;  ///< Of the row at seq = progress.
  bool row_after_progress = false;                  ///< The row at seq = progress + 1 is there.
  std::int64_t log_end = 0;                         ///< The offset after the topic partition's last record.
  std::int64_t seen_log_end = 0;                    ///< The largest of them that was ever seen.
  std::string stopped;           ///< The problem that a former owner found; the other facts may not show it any more.
  bool log_has_records = false;  ///< A committed record is readable. Looked at without progress only.
};

/// Whether the stream may be published; nothing = yes. A pure function.
std::optional<Stop> CheckStream(const StreamFacts& facts);

/// Whether a record of sequence `sequence` may stand at `offset`: each sequence takes one offset at least, so a smaller
/// one shows a topic that was deleted and made anew under a running relay, which Kafka does not tell.
bool OffsetIsPossible(std::int64_t sequence, std::int64_t offset, std::int64_t log_base);

}  // namespace cdiscount::outbox
