#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "outbox/relay/batch.hpp"
#include "outbox/relay/check.hpp"
#include "outbox/relay/lane_store.hpp"

namespace cdiscount::outbox {

/// How far each stream of a lane is while one process owns the lane: what was numbered, what Kafka has, and what the
/// database was told of it. Not thread-safe.
class LaneProgress {
 public:
  LaneProgress() = default;
  /// Both as they were read at the take-over; `published` lacks what was never published.
  LaneProgress(std::map<StreamId, StreamState> streams, std::map<StreamId, Progress> published);

  const std::map<StreamId, StreamState>& streams() const { return streams_; }
  const std::map<StreamId, Progress>& published() const { return published_; }
  std::map<StreamId, std::int64_t> Sequences() const;

  bool RowsWait() const;
  /// The streams that have rows, beginning with another one each time, so that a long one delays the others for a short
  /// time only.
  std::vector<WaitingStream> Waiting();

  void Numbered(const std::map<StreamId, std::int64_t>& counters);
  void Parked(const StreamId& stream) { --streams_.at(stream).counter; }
  void Published(const std::map<StreamId, Progress>& made) {
    for (const auto& [stream, progress] : made) published_[stream] = progress;
  }
  void SawLogEnds(const std::map<StreamId, std::int64_t>& log_ends);

  /// The publications, and the ends of partitions that were seen, since the database was last told.
  std::map<StreamId, std::int64_t> Unnoted() const;
  const std::map<StreamId, std::int64_t>& log_ends() const { return log_ends_; }
  /// The database was told; `published` as Unnoted gave it.
  void Noted(const std::map<StreamId, std::int64_t>& published);
  void NotedLogEnds() { log_ends_.clear(); }

 private:
  std::int64_t PublishedOf(const StreamId& stream) const;

  std::map<StreamId, StreamState> streams_;
  std::map<StreamId, Progress> published_;
  std::map<StreamId, std::int64_t> noted_;
  std::map<StreamId, std::int64_t> log_ends_;
  std::size_t next_stream_ = 0;
};

}  // namespace cdiscount::outbox
