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

kafka::Record ToRecord(const kafka::KafkaOptions& kafka, const OutboxRow& row) {
  const auto topic = kafka.Prefixed(row.stream.topic);
  return {.topic = topic,
          .partition = row.stream.partition,
          .key = row.key,
          .value = row.value,
          .headers = kafka::ToHeaders({.id = row.event_id,
                                       .source = kafka::SourceOf(topic, row.stream.partition),
                                       .type = row.type,
                                       .time = row.time,
                                       .subject = row.subject,
                                       .sequence = row.sequence,
                                       .traceparent = row.traceparent})};
}

Publisher::Publisher(const kafka::KafkaOptions& kafka, const std::string& service, int lane, std::string installation,
                     ProgressSlots slots)
    : kafka_(kafka),
      installation_(std::move(installation)),
      slots_(std::move(slots)),
      progress_name_(RelayNames::Progress(kafka, service)),
      producer_(kafka, RelayNames::TransactionalId(kafka, service, lane)),
      progress_(kafka, progress_name_, progress_name_) {}

std::int32_t Publisher::ProgressPartition(const StreamId& stream) const {
  return slots_.at(stream.topic) * kPartitions + stream.partition;
}

Progress Publisher::ProgressOf(const OutboxRow& row) const {
  return {row.sequence, MetadataOf(installation_, row.stream.topic, row.event_id)};
}

Result<std::map<StreamId, Progress>> Publisher::ReadProgress(const std::vector<StreamId>& streams,
                                                             std::chrono::milliseconds timeout) {
  std::vector<std::int32_t> partitions;
  for (const auto& stream : streams) partitions.push_back(ProgressPartition(stream));
  auto offsets = progress_.Read(partitions, timeout);
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
    if (auto produced = producer_.Produce(ToRecord(kafka_, row)); !produced) return produced;
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
Published Publisher::Look(const std::vector<OutboxRow>& rows, const std::map<StreamId, StreamState>& streams) const {
  Published seen;
  const auto offsets = producer_.Offsets();
  for (std::size_t i = 0; i < std::min(rows.size(), offsets.size()); ++i) {
    if (!offsets[i]) continue;
    const auto& stream = rows[i].stream;
    const auto& state = streams.at(stream);
    seen.log_ends[stream] = *offsets[i] + 1;
    if (OffsetIsPossible(rows[i].sequence, *offsets[i], state.log_base) && *offsets[i] >= state.log_end) continue;
    seen.recreated = stream;
    seen.problem =
        fmt::format("{}/{} put number {} at offset {}: the topic was deleted and made anew while it was in use",
                    stream.topic, stream.partition, rows[i].sequence, *offsets[i]);
    return seen;
  }
  return seen;
}

kafka::Outcome<Published> Publisher::Publish(const std::vector<OutboxRow>& rows,
                                             const std::map<StreamId, StreamState>& streams, const Turn& turn) {
  if (auto begun = producer_.Begin(); !begun) return begun.error();
  std::map<StreamId, Progress> progress;
  for (const auto& row : rows) progress[row.stream] = ProgressOf(row);
  const auto delivered = Deliver(rows, progress, turn);
  if (!delivered) (void)producer_.Flush(0ms);  // what the broker has said so far
  // Looked at after a failure too: what a first try wrote makes a new topic long enough to look like the old one.
  auto seen = Look(rows, streams);
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
