#include "outbox/relay/batch.hpp"

#include <algorithm>
#include <utility>

namespace cdiscount::outbox {
namespace {

constexpr int kReadChunk = 50;  ///< Rows read at once: a batch is cut by bytes, and values can be large.

class Reader {
 public:
  Reader(LaneStore& rows, store::Session& session, const RelayOptions& options)
      : rows_(rows), session_(session), options_(options) {}

  bool full() const { return Room() <= 0 || bytes_ >= options_.batch_bytes; }

  void Read(const WaitingStream& waiting) {
    auto last = waiting.published;
    while (!full()) {
      const auto wanted = std::min(Room(), kReadChunk);
      auto chunk = rows_.RowsAfter(waiting.stream, last, wanted);
      for (auto& row : chunk) {
        if (row.sequence != last + 1 || bytes_ >= options_.batch_bytes || !ReadValue(row)) return;
        last = row.sequence;
        bytes_ += row.value ? row.value->size() : 0;
        batch.rows.push_back(std::move(row));
      }
      if (static_cast<int>(chunk.size()) < wanted) return;
    }
  }

  Batch batch;

 private:
  int Room() const { return options_.batch_rows - static_cast<int>(batch.rows.size()); }

  bool ReadValue(OutboxRow& row) {
    const auto spec = std::ranges::find(options_.topics, row.stream.topic, &TopicSpec::name);
    if (row.value || !spec->value_reader) return true;
    auto value = spec->value_reader(session_, row.key, row.version);
    if (value) {
      row.value = std::move(*value);
      return true;
    }
    batch.unreadable.push_back({row.stream, row.sequence, row.key, value.error().message});
    return false;
  }

  LaneStore& rows_;
  store::Session& session_;
  const RelayOptions& options_;
  std::size_t bytes_ = 0;
};

}  // namespace

Batch ReadBatch(LaneStore& rows, store::Session& session, const RelayOptions& options,
                const std::vector<WaitingStream>& waiting) {
  Reader reader(rows, session, options);
  for (const auto& stream : waiting) {
    if (reader.full()) break;
    reader.Read(stream);
  }
  return std::move(reader.batch);
}

}  // namespace cdiscount::outbox
