#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "outbox/relay/lane_store.hpp"
#include "outbox/relay_options.hpp"
#include "store/session.hpp"

namespace cdiscount::outbox {

/// The next rows of some streams, for one Kafka transaction.
struct Batch {
  /// A row whose value cannot be read now. Nothing after it is in `rows`, of its own stream.
  struct Unreadable {
    StreamId stream;
    std::int64_t sequence = 0;
    std::string key;
    std::string problem;
  };

  std::vector<OutboxRow> rows;
  std::vector<Unreadable> unreadable;
};

/// A stream that has rows to publish, and how far it got.
struct WaitingStream {
  StreamId stream;
  std::int64_t published = 0;
};

/// Reads up to the options' batch_rows and about their batch_bytes, stream by stream in the order given; a stream ends
/// at the first row that is missing or whose value cannot be read. Throws StoreError.
Batch ReadBatch(LaneStore& rows, store::Session& session, const RelayOptions& options,
                const std::vector<WaitingStream>& waiting);

}  // namespace cdiscount::outbox
