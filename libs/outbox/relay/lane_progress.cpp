#include "outbox/relay/lane_progress.hpp"

#include <algorithm>
#include <utility>

namespace cdiscount::outbox {

LaneProgress::LaneProgress(std::map<StreamId, StreamState> streams, std::map<StreamId, Progress> published)
    : streams_(std::move(streams)), published_(std::move(published)) {
  for (const auto& [stream, state] : streams_) noted_[stream] = state.published;
}

std::int64_t LaneProgress::PublishedOf(const StreamId& stream) const {
  const auto known = published_.find(stream);
  return known == published_.end() ? 0 : known->second.sequence;
}

std::map<StreamId, std::int64_t> LaneProgress::Sequences() const {
  std::map<StreamId, std::int64_t> sequences;
  for (const auto& [stream, progress] : published_) sequences[stream] = progress.sequence;
  return sequences;
}

bool LaneProgress::RowsWait() const {
  return std::ranges::any_of(streams_,
                             [this](const auto& entry) { return entry.second.counter > PublishedOf(entry.first); });
}

std::vector<WaitingStream> LaneProgress::Waiting() {
  std::vector<WaitingStream> waiting;
  for (const auto& [stream, state] : streams_) {
    const auto published = PublishedOf(stream);
    if (state.counter > published) waiting.push_back({stream, published});
  }
  if (waiting.empty()) return waiting;
  std::ranges::rotate(waiting, waiting.begin() + static_cast<std::ptrdiff_t>(next_stream_++ % waiting.size()));
  return waiting;
}

void LaneProgress::Numbered(const std::map<StreamId, std::int64_t>& counters) {
  for (const auto& [stream, counter] : counters) streams_[stream].counter = counter;
}

void LaneProgress::SawLogEnds(const std::map<StreamId, std::int64_t>& log_ends) {
  for (const auto& [stream, end] : log_ends) {
    streams_.at(stream).log_end = end;
    log_ends_[stream] = end;
  }
}

std::map<StreamId, std::int64_t> LaneProgress::Unnoted() const {
  std::map<StreamId, std::int64_t> unnoted;
  for (const auto& [stream, progress] : published_) {
    if (noted_.at(stream) < progress.sequence) unnoted[stream] = progress.sequence;
  }
  return unnoted;
}

void LaneProgress::Noted(const std::map<StreamId, std::int64_t>& published) {
  for (const auto& [stream, sequence] : published) noted_[stream] = sequence;
}

}  // namespace cdiscount::outbox
