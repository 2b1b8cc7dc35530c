#include "outbox/publisher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "outbox/cloud_event.hpp"

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

/// Repeats a call while it asks for it.
template <class Call>
auto Patiently(const std::stop_token& stop, Call call) -> decltype(call()) {
  auto deadline = SteadyClock::now() + kPatience;
  bool stopping = false;
  while (true) {
    auto outcome = call();
    if (outcome || outcome.error().severity != kafka::Severity::kRetriable) return outcome;
    if (!stopping && stop.stop_requested()) {
      stopping = true;
      deadline = std::min(deadline, SteadyClock::now() + kPatienceAfterStop);
    }
    if (SteadyClock::now() >= deadline) return outcome;
  }
}

}  // namespace

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

kafka::Record Publisher::ToRecord(const OutboxRow& row) const {
  const auto topic = kafka_.Prefixed(row.stream.topic);
  return {.topic = topic,
          .partition = row.stream.partition,
          .key = row.key,
          .value = row.value,
          .headers = ToHeaders({.id = row.event_id,
                                .source = SourceOf(topic, row.stream.partition),
                                .type = row.type,
                                .time = row.time,
                                .subject = row.subject,
                                .sequence = row.sequence,
                                .traceparent = row.traceparent})};
}

kafka::Outcome<void> Publisher::SendProgress(const std::map<StreamId, Progress>& progress,
                                             const std::stop_token& stop) {
  std::vector<kafka::PartitionOffset> offsets;
  for (const auto& [stream, made] : progress) {
    offsets.push_back({ProgressPartition(stream), made.sequence, made.metadata});
  }
  return Patiently(stop, [&] { return producer_.SendOffsets(progress_name_, progress_name_, offsets, kSendSlice); });
}

kafka::Outcome<std::optional<Stop>> Publisher::Publish(const std::vector<OutboxRow>& rows,
                                                       const std::map<StreamId, StreamState>& streams,
                                                       const std::stop_token& stop) {
  if (auto begun = producer_.Begin(); !begun) return begun.error();
  std::map<StreamId, Progress> progress;
  for (const auto& row : rows) {
    if (auto produced = producer_.Produce(ToRecord(row)); !produced) return produced.error();
    progress[row.stream] = ProgressOf(row);
  }
  if (auto sent = SendProgress(progress, stop); !sent) return sent.error();
  // The broker's word for each record, before the commit: it says where each one stands.
  const auto offsets = producer_.Flush(kDelivery);
  if (!offsets) return offsets.error();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& stream = rows[i].stream;
    if (OffsetIsPossible(rows[i].sequence, (*offsets)[i], streams.at(stream).log_base)) continue;
    return Stop{StopReason::kTopicRecreated,
                fmt::format("{}/{} put number {} at offset {}: the topic was deleted and made anew while it was in use",
                            stream.topic, stream.partition, rows[i].sequence, (*offsets)[i]),
                "bring the topic back from a mirror or a backup, or reconcile the outbox with it; then start again"};
  }
  auto committed = Patiently(stop, [&] { return producer_.Commit(kSlice); });
  if (!committed) return committed.error();
  return std::optional<Stop>();
}

kafka::Outcome<void> Publisher::Refresh(const std::map<StreamId, Progress>& progress, const std::stop_token& stop) {
  if (auto begun = producer_.Begin(); !begun) return begun;
  if (auto sent = SendProgress(progress, stop); !sent) return sent;
  return Patiently(stop, [&] { return producer_.Commit(kSlice); });
}

kafka::Outcome<void> Publisher::Abort(const std::stop_token& stop) {
  return Patiently(stop, [&] { return producer_.Abort(kSlice); });
}

}  // namespace cdiscount::outbox
