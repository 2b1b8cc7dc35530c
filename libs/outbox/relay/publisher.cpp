#include "outbox/relay/publisher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kafka/cloud_event.hpp"

namespace cdiscount::outbox {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

/// One call waits this long, so that a stop is noticed soon.
constexpr auto kSlice = 1000ms;
/// Sending the progress cannot be taken up again after a time-out as the other calls can, and the first one takes a
/// second.
constexpr auto kSendSlice = 5000ms;
/// A record is given up by the producer before this.
constexpr auto kDelivery = 15s;
/// And the same call is repeated for this long, since it says that it may be.
constexpr auto kPatience = 30s;
/// After a stop was asked for, what is half done may still end.
constexpr auto kPatienceAfterStop = 3s;

/// Repeats a call while it asks for it, and keeps the lane's lease meanwhile.
template <class Call>
auto Patiently(const Turn& turn, std::chrono::milliseconds patience, Call call) -> decltype(call()) {
  auto deadline = SteadyClock::now() + patience;
  bool stopping = false;
  while (true) {
    auto outcome = call();
    if (outcome || outcome.error().severity != kafka::Severity::kRetriable) return outcome;
    if (auto kept = turn.keep_lease(); !kept) return kafka::Failure{kafka::Severity::kFatal, kept.error()};
    if (!stopping && turn.stop.stop_requested()) {
      stopping = true;
      deadline = std::min(deadline, SteadyClock::now() + kPatienceAfterStop);
    }
    if (SteadyClock::now() >= deadline) return outcome;
  }
}

}  // namespace

std::vector<kafka::Record> ToRecords(const RelayOptions& options, const OutboxRow& row) {
  const auto primary = options.kafka.Prefixed(row.stream.topic);
  const auto headers = kafka::ToHeaders({.id = row.event_id,
                                         .source = kafka::SourceOf(primary, row.stream.partition),
                                         .type = row.type,
                                         .time = row.time,
                                         .subject = row.subject,
                                         .sequence = row.sequence,
                                         .traceparent = row.traceparent});
  std::vector<kafka::Record> records;
  for (const auto& topic : options.topics) {
    if (topic.Primary() != row.stream.topic) continue;
    records.push_back({options.kafka.Prefixed(topic.name), row.stream.partition, row.key, row.value, headers});
  }
  return records;
}

Publisher::Publisher(const RelayOptions& options, int lane, std::string installation, ProgressSlots slots)
    : options_(options),
      installation_(std::move(installation)),
      slots_(std::move(slots)),
      progress_name_(RelayNames::Progress(options.kafka, options.service)),
      producer_(options.kafka, RelayNames::TransactionalId(options.kafka, options.service, lane)),
      progress_(options.kafka, progress_name_, progress_name_) {}

std::int32_t Publisher::ProgressPartition(const StreamId& stream) const {
  return slots_.at(stream.topic) * kPartitions + stream.partition;
}

Result<std::map<StreamId, Progress>> Publisher::ReadProgress(const std::vector<std::int32_t>& partitions,
                                                             std::chrono::milliseconds timeout) {
  std::vector<StreamId> streams;
  std::vector<std::int32_t> places;
  for (const auto& [topic, slot] : slots_) {
    for (const auto partition : partitions) {
      streams.push_back({topic, partition});
      places.push_back(ProgressPartition(streams.back()));
    }
  }
  auto offsets = progress_.Read(places, timeout);
  if (!offsets) return offsets.error();
  std::map<StreamId, Progress> progress;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (auto& offset = (*offsets)[i]) progress[streams[i]] = {offset->offset, std::move(offset->metadata)};
  }
  return progress;
}

kafka::Outcome<void> Publisher::SendProgress(const std::map<StreamId, Progress>& progress, const Turn& turn) {
  std::vector<kafka::PartitionOffset> offsets;
  for (const auto& [stream, made] : progress) {
    offsets.push_back({ProgressPartition(stream), made.sequence, made.metadata});
  }
  return Patiently(turn, kPatience,
                   [&] { return producer_.SendOffsets(progress_name_, progress_name_, offsets, kSendSlice); });
}

kafka::Outcome<void> Publisher::Deliver(const std::vector<OutboxRow>& rows,
                                        const std::map<StreamId, Progress>& progress, const Turn& turn) {
  for (const auto& row : rows) {
    for (const auto& record : ToRecords(options_, row)) {
      if (auto produced = producer_.Produce(record); !produced) return produced;
    }
  }
  if (auto sent = SendProgress(progress, turn); !sent) return sent;
  // The broker's word for each record, before the commit: it says where each one stands.
  auto flushed = Patiently(turn, kDelivery, [&] { return producer_.Flush(kSlice); });
  if (flushed) return {};
  auto failure = flushed.error();
  if (failure.severity == kafka::Severity::kRetriable) failure.severity = kafka::Severity::kAbortable;
  return failure;
}

/// Compares the offsets in the broker's delivery reports with the ends of the topics.
void Publisher::Look(Published& seen, const std::vector<OutboxRow>& rows,
                     const std::map<StreamId, StreamState>& streams) const {
  const auto offsets = producer_.Offsets();
  auto next = offsets.begin();
  for (const auto& row : rows) {
    for (const auto& topic : options_.topics) {
      if (topic.Primary() != row.stream.topic) continue;
      if (next == offsets.end()) return;
      const auto offset = *next++;
      if (!offset) continue;
      const StreamId stream{topic.name, row.stream.partition};
      const auto& state = streams.at(stream);
      seen.log_ends[stream] = *offset + 1;
      if (OffsetIsPossible(row.sequence, *offset, state.log_base) && *offset >= state.log_end) continue;
      seen.recreated = stream;
      seen.problem =
          fmt::format("{}/{} put number {} at offset {}: the topic was deleted and made anew while it was in use",
                      stream.topic, stream.partition, row.sequence, *offset);
      return;
    }
  }
}

kafka::Outcome<Published> Publisher::Publish(const std::vector<OutboxRow>& rows,
                                             const std::map<StreamId, StreamState>& streams, const Turn& turn) {
  if (auto begun = producer_.Begin(); !begun) return begun.error();
  Published seen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    if (i + 1 < rows.size() && rows[i + 1].stream == row.stream) continue;  // its stream's last row makes the progress
    seen.progress[row.stream] = {row.sequence, MetadataOf(installation_, row.stream.topic, row.event_id)};
  }
  const auto delivered = Deliver(rows, seen.progress, turn);
  if (!delivered) (void)producer_.Flush(0ms);  // what the broker has said so far
  // Looked at after a failure too: what a first try wrote makes a new topic long enough to look like the old one.
  Look(seen, rows, streams);
  if (seen.recreated) return seen;
  if (!delivered) return delivered.error();
  auto committed = Patiently(turn, kPatience, [&] { return producer_.Commit(kSlice); });
  if (!committed) return committed.error();
  return seen;
}

kafka::Outcome<void> Publisher::Refresh(const std::map<StreamId, Progress>& progress, const Turn& turn) {
  if (auto begun = producer_.Begin(); !begun) return begun;
  if (auto sent = SendProgress(progress, turn); !sent) return sent;
  return Patiently(turn, kPatience, [&] { return producer_.Commit(kSlice); });
}

kafka::Outcome<void> Publisher::Abort(const Turn& turn) {
  return Patiently(turn, kPatience, [&] { return producer_.Abort(kSlice); });
}

}  // namespace cdiscount::outbox
