#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "outbox/relay/check.hpp"
#include "outbox/relay/parked_rows.hpp"
#include "outbox/topics.hpp"
#include "store/session.hpp"
#include "work/lease.hpp"

namespace cdiscount::outbox {

/// A row that has its sequence, as it will stand on the topic.
struct OutboxRow {
  StreamId stream;
  std::int64_t sequence = 0;
  std::string key;
  std::int64_t version = 0;
  std::string type;
  std::string event_id;
  std::string subject;
  SysTime time;
  std::string traceparent;
  std::optional<std::string> value;
  SysTime created_at;
};

/// A stream as the database knows it.
struct StreamState {
  std::int64_t counter = 0;
  std::int64_t published = 0;
  std::int64_t log_base = 0;
  std::int64_t log_end = 0;  ///< The largest end of the partition that was seen; may lag.
  std::string stopped;       ///< Why it may not be published until a person has looked; see KeepStop.
};

/// The database work of a lane's owner. Every change but Claim is one transaction that first locks the lane's
/// lease row and finds its own token there, so that a former owner changes nothing; it renews the lease as well.
/// kConflict from any of them: the lease went to another owner. Database errors throw StoreError. For one thread.
class LaneStore {
 public:
  /// `owner` names this relay among all.
  LaneStore(store::Session& session, int lane, std::string owner, std::chrono::milliseconds ttl);

  /// Takes the lease when it is free (work/lease.hpp). With `from_the_dead` also one that runs on: for SQLite, where an
  /// OS lock shows that no other process lives. False: another owner has it.
  bool Claim(bool from_the_dead);
  /// Gives the lease back, so that the next owner need not wait for its end. Does nothing when it is lost.
  void Release();
  Status Renew();

  /// The lane's partitions, ascending.
  std::vector<std::int32_t> Partitions();
  /// Of this database.
  std::string Installation();

  /// The partitions of these topics that the lane carries; what is new begins at 0. From now on rows of topics that are
  /// not among them, or are copies, are unknown to Number.
  Result<std::map<StreamId, StreamState>> Streams(const std::vector<TopicSpec>& topics);

  /// The id of the event that has this sequence. A read only.
  std::optional<std::string> EventIdAt(const StreamId& stream, std::int64_t sequence);

  /// Gives sequences to at most `most` waiting rows, in the order of key, version and ordinal, and notes the progress
  /// in `published`. Gives the counters that moved. Rows of topics that are none of Streams go on waiting.
  Result<std::map<StreamId, std::int64_t>> Number(const std::map<StreamId, std::int64_t>& published, int most);

  /// Whether rows of the lane wait for a sequence. A read only.
  bool HasUnnumbered();
  /// A topic of which the lane has rows that are not published, and that is none of Streams, or a copy. A read only.
  std::optional<std::string> UnknownTopic();

  /// Notes how far the streams were published and where their partitions end: for metrics and for the check, never for
  /// publishing.
  Status NotePublished(const std::map<StreamId, std::int64_t>& published,
                       const std::map<StreamId, std::int64_t>& log_ends = {});

  /// Keeps the lane's streams of this topic from being published, by any owner, until a person has cleared `stopped`.
  /// Needs no lease: the stop belongs to the topic and holds for every owner of the lane.
  void KeepStop(const std::string& topic, const std::string& problem);

  /// The rows of a stream after `sequence`, in order. A read only.
  std::vector<OutboxRow> RowsAfter(const StreamId& stream, std::int64_t sequence, int most);

  /// Drops published rows before the sequences named, at most `most` of each stream. Gives the number dropped.
  Result<std::int64_t> Trim(const std::map<StreamId, std::int64_t>& first_to_keep, int most);

  /// Any other change of the owner's, in a transaction like those above.
  Status AsOwner(const std::function<void(store::Transaction&)>& work);

 private:
  /// Where Number goes on in a stream: behind `from`, up to the last key that waited when the pass began.
  struct Pass {
    std::string from;
    std::string until;  ///< Empty: the next pass has not begun.
  };
  std::int64_t NumberStream(store::Transaction& transaction, const StreamId& stream, std::int64_t counter,
                            std::int64_t most);

  store::Session& session_;
  int lane_;
  work::Lease lease_;
  std::vector<std::string> topics_;
  std::map<StreamId, Pass> passes_;
};

}  // namespace cdiscount::outbox
