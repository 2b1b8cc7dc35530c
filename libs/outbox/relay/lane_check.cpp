#include "outbox/relay/lane_check.hpp"

#include "kafka/consumer.hpp"

namespace cdiscount::outbox {
namespace {

using namespace std::chrono_literals;

/// For one question to Kafka.
constexpr auto kCall = 5000ms;
/// For the search for a committed record in a topic: it ends at the first one.
constexpr auto kLook = 10s;

Result<bool> HasCommittedRecords(const kafka::KafkaOptions& kafka, const StreamId& stream,
                                 const std::stop_token& stop) {
  kafka::Consumer consumer(kafka, stream.topic);
  std::stop_source enough;
  const std::stop_callback pass_on(stop, [&] { enough.request_stop(); });
  bool any = false;
  const auto status = consumer.ReadToEnd(
      {},
      [&](const kafka::Message& message) {
        if (message.partition != stream.partition) return;
        any = true;
        enough.request_stop();
      },
      kLook, enough.get_token());
  if (any) return true;
  if (!status) return status.error();
  return false;
}

}  // namespace

Result<std::optional<Stop>> FindStop(LaneStore& rows, kafka::Admin& admin, const RelayOptions& options,
                                     const std::map<StreamId, StreamState>& streams,
                                     const std::map<StreamId, Progress>& progress, const std::stop_token& stop) {
  const auto partitions = rows.Partitions();
  const auto installation = rows.Installation();
  for (const auto& topic : options.topics) {
    const auto ends = admin.Ends(options.kafka.Prefixed(topic.name), partitions, kCall);
    if (!ends && ends.error().code == ErrorCode::kNotFound) {
      return std::optional(
          Stop{StopReason::kTopicMissing, ends.error().message,
               "bring the topic back from a mirror or a backup, or reconcile the outbox with an empty one"});
    }
    if (!ends) return ends.error();
    // Each topic may take a while to answer, and a lease that ends meanwhile sends the lane from owner to owner.
    if (auto kept = rows.Renew(); !kept) return kept.error();
    for (std::size_t i = 0; i < partitions.size(); ++i) {
      const StreamId stream{topic.name, partitions[i]};
      const StreamId numbered{topic.Primary(), partitions[i]};
      const auto& state = streams.at(stream);
      StreamFacts facts{.stream = stream,
                        .primary = numbered.topic,
                        .installation = installation,
                        .counter = streams.at(numbered).counter,
                        .published = streams.at(numbered).published,
                        .log_base = state.log_base,
                        .progress = std::nullopt,
                        .event_id_at_progress = std::nullopt,
                        .log_end = (*ends)[i],
                        .seen_log_end = state.log_end,
                        .stopped = state.stopped};
      if (const auto known = progress.find(numbered); known != progress.end()) {
        facts.progress = known->second;
        facts.event_id_at_progress = rows.EventIdAt(numbered, known->second.sequence);
        facts.row_after_progress = rows.EventIdAt(numbered, known->second.sequence + 1).has_value();
      } else if (facts.log_end > 0 && facts.published == 0) {
        // Perhaps only the records of a first transaction that was aborted.
        if (auto kept = rows.Renew(); !kept) return kept.error();
        const auto found = HasCommittedRecords(options.kafka, stream, stop);
        if (!found) return found.error();
        facts.log_has_records = *found;
      }
      if (auto found = CheckStream(facts)) return found;
    }
  }
  return std::optional<Stop>();
}

}  // namespace cdiscount::outbox
