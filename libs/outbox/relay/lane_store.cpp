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

// Streams with rows that wait for a sequence. The ORDER BY leaves the planner no index but outbox_row_unnumbered, which
// holds neither numbered nor parked rows.
constexpr std::string_view kWaiting =
    "SELECT topic, partition, counter FROM outbox_stream s WHERE s.partition IN (SELECT partition FROM outbox_lane "
    "WHERE lane = :lane) AND (SELECT r.id FROM outbox_row r WHERE r.topic = s.topic AND r.partition = s.partition "
    "AND r.seq IS NULL AND r.parked_at IS NULL ORDER BY r.topic, r.partition, r.key, r.version, r.ordinal LIMIT 1) "
    "IS NOT NULL";
constexpr std::string_view kWaitingTopics =
    "WITH RECURSIVE t (topic) AS (SELECT min(topic) FROM outbox_row WHERE seq IS NULL AND parked_at IS NULL UNION ALL "
    "SELECT (SELECT min(r.topic) FROM outbox_row r WHERE r.topic > t.topic AND r.seq IS NULL AND r.parked_at IS NULL) "
    "FROM t WHERE t.topic IS NOT NULL) SELECT topic FROM t WHERE topic IS NOT NULL AND EXISTS (SELECT 1 FROM "
    "outbox_row "
    "r WHERE r.topic = t.topic AND r.seq IS NULL AND r.parked_at IS NULL AND r.partition IN (SELECT partition FROM "
    "outbox_lane WHERE lane = :lane))";
constexpr std::string_view kUnpublishedTopics =
    "SELECT DISTINCT topic FROM outbox_stream WHERE counter > published AND partition IN (SELECT partition FROM "
    "outbox_lane WHERE lane = :lane)";
constexpr std::string_view kLastWaitingKey =
    "SELECT key FROM outbox_row WHERE topic = :topic AND partition = :partition AND seq IS NULL AND parked_at IS NULL "
    "ORDER BY topic DESC, partition DESC, key DESC, version DESC, ordinal DESC LIMIT 1";
// By version and ordinal: ids are drawn before an order's row is locked, so version 3 can have a smaller one than
// version 2.
constexpr std::string_view kNumber =
    "UPDATE outbox_row SET seq = n.seq FROM (SELECT id, CAST(:counter AS BIGINT) + row_number() OVER (ORDER BY key, "
    "version, ordinal) AS seq FROM (SELECT id, key, version, ordinal FROM outbox_row WHERE topic = :topic AND "
    "partition = :partition AND seq IS NULL AND parked_at IS NULL AND key > :from AND key <= :until ORDER BY key, "
    "version, ordinal "
    "LIMIT :most) AS w) AS n WHERE outbox_row.id = n.id";
constexpr std::string_view kLastNumbered =
    "SELECT seq, key FROM outbox_row WHERE topic = :topic AND partition = :partition AND seq > :counter "
    "ORDER BY seq DESC LIMIT 1";
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
constexpr std::string_view kAnyParked =
    "SELECT 1 FROM outbox_row WHERE parked_at IS NOT NULL ORDER BY parked_at LIMIT 1";

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

Status LaneStore::AsOwner(const std::function<void(store::Transaction&)>& work) {
  store::Transaction transaction(session_);
  if (!LaneLeases().Extend(transaction, lane_, lease_)) {
    return Error{ErrorCode::kConflict, "the lease of outbox lane " + std::to_string(lane_) + " went to another owner"};
  }
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
  return !session_.Query(kWaiting, {{"lane", lane_}}).empty();
}

std::optional<std::string> LaneStore::UnknownTopic() {
  for (const auto statement : {kWaitingTopics, kUnpublishedTopics}) {
    for (const auto& row : session_.Query(statement, {{"lane", lane_}})) {
      if (auto topic = row.Text("topic"); !Contains(topics_, topic)) return topic;
    }
  }
  return std::nullopt;
}

Result<std::map<StreamId, std::int64_t>> LaneStore::Number(const std::map<StreamId, std::int64_t>& published,
                                                           int most) {
  std::map<StreamId, std::int64_t> counters;
  auto status = AsOwner([&](store::Transaction& transaction) {
    const bool any_parked = transaction.QueryOne(kAnyParked).has_value();
    const auto waiting = transaction.Query(kWaiting, {{"lane", lane_}});
    const auto share =
        waiting.empty() ? 0 : std::max<std::int64_t>(1, most / static_cast<std::int64_t>(waiting.size()));
    for (const auto& row : waiting) {
      const auto stream = StreamOf(row);
      if (!Contains(topics_, stream.topic)) continue;
      const auto before = row.Int("counter");
      const auto counter = NumberStream(transaction, stream, before, share);
      if (counter == before) continue;
      if (any_parked) DropReplaced(transaction, stream, before);
      counters[stream] = counter;
    }
    SetPublished(transaction, published);
  });
  if (!status) return status.error();
  return counters;
}

/// The stream's new counter. A pass goes once through the keys that wait when it begins, so that a key does not wait
/// behind others for as long as more rows come than are published.
std::int64_t LaneStore::NumberStream(store::Transaction& transaction, const StreamId& stream, std::int64_t counter,
                                     std::int64_t most) {
  const store::Bind topic{"topic", stream.topic};
  const store::Bind partition{"partition", stream.partition};
  auto& pass = passes_[stream];
  std::int64_t numbered = 0;
  // What is left of a pass may be nothing: then the next one begins.
  for (int attempt = 0; attempt < 2 && numbered == 0; ++attempt) {
    if (pass.until.empty()) {
      const auto last = transaction.QueryOne(kLastWaitingKey, {topic, partition});
      if (!last) return counter;
      pass = {.from = "", .until = last->Text("key")};
    }
    numbered = transaction.Execute(
        kNumber, {{"counter", counter}, topic, partition, {"from", pass.from}, {"until", pass.until}, {"most", most}});
    if (numbered < most) pass = {};
  }
  if (numbered == 0) return counter;
  const auto last = transaction.QueryOne(kLastNumbered, {topic, partition, {"counter", counter}});
  if (!last || last->Int("seq") != counter + numbered) {
    throw store::StoreError(ErrorCode::kUnavailable, "rows of " + stream.topic + " went while they were numbered");
  }
  if (!pass.until.empty()) pass.from = last->Text("key");
  transaction.Execute(kSetCounter, {{"counter", counter + numbered}, topic, partition});
  return counter + numbered;
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
