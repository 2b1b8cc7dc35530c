#include "outbox/relay/lane_store.hpp"

#include <algorithm>
#include <utility>

namespace cdiscount::outbox {
namespace {

const work::Leases& LaneLeases() {
  static const work::Leases leases("outbox_lease", "lane");
  return leases;
}

constexpr std::string_view kPartitionsOfLane =
    "SELECT partition FROM outbox_lane WHERE lane = :lane ORDER BY partition";
constexpr std::string_view kInstallation = "SELECT id FROM outbox_installation";
constexpr std::string_view kAddStreams =
    "INSERT INTO outbox_stream (topic, partition, counter, published, log_base) "
    "SELECT CAST(:topic AS TEXT), partition, 0, 0, 0 FROM outbox_lane WHERE lane = :lane ON CONFLICT DO NOTHING";
constexpr std::string_view kStreams =
    "SELECT topic, partition, counter, published, log_base, log_end, stopped FROM outbox_stream "
    "WHERE partition IN (SELECT partition FROM outbox_lane WHERE lane = :lane)";
constexpr std::string_view kEventIdAt =
    "SELECT event_id FROM outbox_row WHERE topic = :topic AND partition = :partition AND seq = :seq";

constexpr std::string_view kHasUnnumbered =
    "SELECT 1 FROM outbox_row WHERE seq IS NULL AND parked_at IS NULL "
    "AND partition IN (SELECT partition FROM outbox_lane WHERE lane = :lane) LIMIT 1";
// The oldest rows, and with them all rows of their keys: a version that was written later can be an earlier one. So the
// sequences follow the versions of a key and not the ids of its rows.
constexpr std::string_view kNumber =
    "WITH due AS MATERIALIZED ("
    "SELECT id, topic, partition, key, version, ordinal FROM outbox_row WHERE seq IS NULL AND parked_at IS NULL "
    "AND (topic, key) IN (SELECT topic, key FROM outbox_row WHERE seq IS NULL AND parked_at IS NULL "
    "AND partition IN (SELECT partition FROM outbox_lane WHERE lane = :lane) ORDER BY id LIMIT :most)) "
    "UPDATE outbox_row SET seq = n.seq FROM ("
    "SELECT due.id, coalesce(s.counter, 0) + row_number() OVER (PARTITION BY due.topic, due.partition "
    "ORDER BY due.key, due.version, due.ordinal, due.id) AS seq "
    "FROM due LEFT JOIN outbox_stream s ON s.topic = due.topic AND s.partition = due.partition) AS n "
    "WHERE outbox_row.id = n.id "
    "RETURNING outbox_row.topic AS topic, outbox_row.partition AS partition, outbox_row.seq AS seq, "
    "outbox_row.key AS key, outbox_row.version AS version";
constexpr std::string_view kSetCounter =
    "UPDATE outbox_stream SET counter = :counter WHERE topic = :topic AND partition = :partition";
constexpr std::string_view kSetPublished =
    "UPDATE outbox_stream SET published = :published WHERE topic = :topic AND partition = :partition "
    "AND published < :published";
constexpr std::string_view kSetLogEnd =
    "UPDATE outbox_stream SET log_end = :log_end WHERE topic = :topic AND partition = :partition AND log_end < "
    ":log_end";
constexpr std::string_view kSetStopped =
    "UPDATE outbox_stream SET stopped = :problem WHERE topic = :topic AND stopped = '' "
    "AND partition IN (SELECT partition FROM outbox_lane WHERE lane = :lane)";
constexpr std::string_view kAnyParked = "SELECT 1 FROM outbox_row WHERE parked_at IS NOT NULL LIMIT 1";

constexpr std::string_view kRowsAfter =
    "SELECT seq, key, version, type, event_id, subject, event_time, traceparent, value, created_at FROM outbox_row "
    "WHERE topic = :topic AND partition = :partition AND seq > :seq ORDER BY seq LIMIT :most";
constexpr std::string_view kTrim =
    "DELETE FROM outbox_row WHERE id IN (SELECT id FROM outbox_row "
    "WHERE topic = :topic AND partition = :partition AND seq < :seq ORDER BY seq LIMIT :most)";

bool Contains(const std::vector<std::string>& topics, const std::string& topic) {
  return std::ranges::find(topics, topic) != topics.end();
}

StreamId StreamOf(const store::Row& row) {
  return {row.Text("topic"), static_cast<std::int32_t>(row.Int("partition"))};
}

OutboxRow RowOf(const StreamId& stream, const store::Row& row) {
  return {.stream = stream,
          .sequence = row.Int("seq"),
          .key = row.Text("key"),
          .version = row.Int("version"),
          .type = row.Text("type"),
          .event_id = row.Text("event_id"),
          .subject = row.Text("subject"),
          .time = row.Time("event_time"),
          .traceparent = row.Text("traceparent"),
          .value = row.MaybeBytes("value"),
          .created_at = row.Time("created_at")};
}

void SetPublished(store::Transaction& transaction, const std::map<StreamId, std::int64_t>& published) {
  for (const auto& [stream, sequence] : published) {
    transaction.Execute(kSetPublished,
                        {{"published", sequence}, {"topic", stream.topic}, {"partition", stream.partition}});
  }
}

}  // namespace

LaneStore::LaneStore(store::Session& session, int lane, std::string owner, std::chrono::milliseconds ttl)
    : session_(session), lane_(lane), lease_{.owner = std::move(owner), .token = 0, .length = ttl} {}

Status LaneStore::Lock(store::Transaction& transaction) const {
  if (LaneLeases().Extend(transaction, lane_, lease_)) return Ok();
  return Error{ErrorCode::kConflict, "the lease of outbox lane " + std::to_string(lane_) + " went to another owner"};
}

Status LaneStore::AsOwner(const std::function<void(store::Transaction&)>& work) {
  store::Transaction transaction(session_);
  if (auto owned = Lock(transaction); !owned) return owned;
  work(transaction);
  transaction.Commit();
  return Ok();
}

bool LaneStore::Claim(bool from_the_dead) {
  store::Transaction transaction(session_);
  auto lease = LaneLeases().Claim(transaction, lane_, lease_.owner, lease_.length,
                                  from_the_dead ? work::Claims::kAnybody : work::Claims::kFree);
  if (!lease) return false;
  transaction.Commit();
  lease_ = std::move(*lease);
  return true;
}

void LaneStore::Release() {
  LaneLeases().Release(session_, lane_, lease_);
}

Status LaneStore::Renew() {
  return AsOwner([](store::Transaction&) {});
}

std::vector<std::int32_t> LaneStore::Partitions() {
  return session_.Query(kPartitionsOfLane, {{"lane", lane_}}).Map([](const store::Row& row) {
    return static_cast<std::int32_t>(row.Int("partition"));
  });
}

std::string LaneStore::Installation() {
  return session_.Query(kInstallation).at(0).Text("id");
}

Result<std::map<StreamId, StreamState>> LaneStore::Streams(const std::vector<TopicSpec>& topics) {
  topics_.clear();
  for (const auto& topic : topics) {
    if (topic.copy_of.empty()) topics_.push_back(topic.name);
  }
  std::map<StreamId, StreamState> streams;
  auto status = AsOwner([&](store::Transaction& transaction) {
    for (const auto& topic : topics) transaction.Execute(kAddStreams, {{"topic", topic.name}, {"lane", lane_}});
    for (const auto& row : transaction.Query(kStreams, {{"lane", lane_}})) {
      streams[StreamOf(row)] = {row.Int("counter"), row.Int("published"), row.Int("log_base"), row.Int("log_end"),
                                row.Text("stopped")};
    }
  });
  if (!status) return status.error();
  std::erase_if(streams, [&](const auto& stream) {
    return std::ranges::find(topics, stream.first.topic, &TopicSpec::name) == topics.end();
  });
  return streams;
}

std::optional<std::string> LaneStore::EventIdAt(const StreamId& stream, std::int64_t sequence) {
  const auto row =
      session_.QueryOne(kEventIdAt, {{"topic", stream.topic}, {"partition", stream.partition}, {"seq", sequence}});
  return row ? std::optional(row->Text("event_id")) : std::nullopt;
}

bool LaneStore::HasUnnumbered() {
  return !session_.Query(kHasUnnumbered, {{"lane", lane_}}).empty();
}

Result<LaneStore::NumberResult> LaneStore::Number(const std::map<StreamId, std::int64_t>& published, int most) {
  NumberResult result;
  store::Transaction transaction(session_);
  if (auto owned = Lock(transaction); !owned) return owned.error();
  const bool any_parked = transaction.QueryOne(kAnyParked).has_value();
  for (const auto& row : transaction.Query(kNumber, {{"lane", lane_}, {"most", most}})) {
    const auto stream = StreamOf(row);
    // Nothing is committed then.
    if (!Contains(topics_, stream.topic)) return NumberResult{.counters = {}, .unknown_topic = stream.topic};
    auto& counter = result.counters[stream];
    counter = std::max(counter, row.Int("seq"));
    if (any_parked) DropReplaced(transaction, stream.topic, row.Text("key"), row.Int("version"));
  }
  for (const auto& [stream, counter] : result.counters) {
    transaction.Execute(kSetCounter, {{"counter", counter}, {"topic", stream.topic}, {"partition", stream.partition}});
  }
  SetPublished(transaction, published);
  transaction.Commit();
  return result;
}

Status LaneStore::NotePublished(const std::map<StreamId, std::int64_t>& published,
                                const std::map<StreamId, std::int64_t>& log_ends) {
  return AsOwner([&](store::Transaction& transaction) {
    SetPublished(transaction, published);
    for (const auto& [stream, end] : log_ends) {
      transaction.Execute(kSetLogEnd, {{"log_end", end}, {"topic", stream.topic}, {"partition", stream.partition}});
    }
  });
}

void LaneStore::KeepStop(const std::string& topic, const std::string& problem) {
  session_.Execute(kSetStopped, {{"problem", problem}, {"topic", topic}, {"lane", lane_}});
}

std::vector<OutboxRow> LaneStore::RowsAfter(const StreamId& stream, std::int64_t sequence, int most) {
  return session_
      .Query(kRowsAfter, {{"topic", stream.topic}, {"partition", stream.partition}, {"seq", sequence}, {"most", most}})
      .Map([&](const store::Row& row) { return RowOf(stream, row); });
}

Result<std::int64_t> LaneStore::Trim(const std::map<StreamId, std::int64_t>& first_to_keep, int most) {
  std::int64_t dropped = 0;
  auto status = AsOwner([&](store::Transaction& transaction) {
    for (const auto& [stream, sequence] : first_to_keep) {
      dropped += transaction.Execute(
          kTrim, {{"topic", stream.topic}, {"partition", stream.partition}, {"seq", sequence}, {"most", most}});
    }
  });
  if (!status) return status.error();
  return dropped;
}

}  // namespace cdiscount::outbox
