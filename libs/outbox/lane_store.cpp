#include "outbox/lane_store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "crypto/encoding.hpp"
#include "outbox/numbering.hpp"

namespace cdiscount::outbox {
namespace {

constexpr std::string_view kClaim =
    "UPDATE outbox_lease SET owner = :owner, token = token + 1, expires_at = :expires_at "
    "WHERE lane = :lane AND (owner = '' OR owner = :same OR expires_at < :now OR expires_at > :latest OR "
    ":from_the_dead = 1) "
    "RETURNING token";
constexpr std::string_view kRelease =
    "UPDATE outbox_lease SET owner = '' WHERE lane = :lane AND owner = :owner AND token = :token";
// FOR UPDATE: a token that is only looked at lets two owners give the same numbers.
constexpr std::string_view kLock =
    "SELECT 1 FROM outbox_lease WHERE lane = :lane AND owner = :owner AND token = :token";
constexpr std::string_view kLockForUpdate =
    "SELECT 1 FROM outbox_lease WHERE lane = :lane AND owner = :owner AND token = :token FOR UPDATE";
constexpr std::string_view kExtend = "UPDATE outbox_lease SET expires_at = :expires_at WHERE lane = :lane";

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
// The oldest rows, and with them all rows of their keys: a version that was written later can be an earlier one.
constexpr std::string_view kUnnumbered =
    "SELECT id, topic, partition, key, version, ordinal FROM outbox_row WHERE seq IS NULL AND parked_at IS NULL "
    "AND (topic, key) IN (SELECT topic, key FROM outbox_row WHERE seq IS NULL AND parked_at IS NULL "
    "AND partition IN (SELECT partition FROM outbox_lane WHERE lane = :lane) ORDER BY id LIMIT :most)";
constexpr std::string_view kNumberRow = "UPDATE outbox_row SET seq = :seq WHERE id = :id";
constexpr std::string_view kNumberRows =
    "UPDATE outbox_row SET seq = n.seq FROM (SELECT unnest(:ids::bigint[]) AS id, unnest(:seqs::bigint[]) AS seq) AS n "
    "WHERE outbox_row.id = n.id";
constexpr std::string_view kSetCounter =
    "UPDATE outbox_stream SET counter = :counter WHERE topic = :topic AND partition = :partition";
constexpr std::string_view kSetPublished =
    "UPDATE outbox_stream SET published = :published WHERE topic = :topic AND partition = :partition AND published < "
    ":less";
constexpr std::string_view kSetLogEnd =
    "UPDATE outbox_stream SET log_end = :log_end WHERE topic = :topic AND partition = :partition AND log_end < :less";
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

void SetSequences(store::Session& session, const std::vector<Numbered>& numbered) {
  if (session.engine() == store::Engine::kSqlite) {
    for (const auto& row : numbered) session.Execute(kNumberRow, {row.sequence, row.id});
    return;
  }
  // One round trip for all of them.
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> sequences;
  for (const auto& row : numbered) {
    ids.push_back(row.id);
    sequences.push_back(row.sequence);
  }
  session.Execute(kNumberRows,
                  {fmt::format("{{{}}}", fmt::join(ids, ",")), fmt::format("{{{}}}", fmt::join(sequences, ","))});
}

void SetPublished(store::Session& session, const std::map<StreamId, std::int64_t>& published) {
  for (const auto& [stream, sequence] : published) {
    session.Execute(kSetPublished, {sequence, stream.topic, stream.partition, sequence});
  }
}

}  // namespace

LaneStore::LaneStore(store::Session& session, int lane, std::string owner, std::chrono::milliseconds ttl)
    : session_(session), lane_(lane), owner_(std::move(owner)), ttl_(ttl) {}

template <class Work>
Status LaneStore::AsOwner(Work work) {
  store::Transaction transaction(session_);
  const auto lock = session_.engine() == store::Engine::kPostgres ? kLockForUpdate : kLock;
  if (transaction.Query(lock, {lane_, owner_, token_}).empty()) {
    return Error{ErrorCode::kConflict, fmt::format("the lease of outbox lane {} went to another owner", lane_)};
  }
  transaction.Execute(kExtend, {transaction.Now() + ttl_, lane_});
  work(transaction);
  transaction.Commit();
  return Ok();
}

bool LaneStore::Claim(bool from_the_dead) {
  store::Transaction transaction(session_);
  const auto now = transaction.Now();
  // Twice the time: a clock that was set back by a little takes no lease from an owner that lives.
  const auto rows = transaction.Query(kClaim, {owner_, now + ttl_, lane_, owner_, now, now + 2 * ttl_, from_the_dead});
  if (rows.empty()) return false;
  transaction.Commit();
  token_ = rows.front().Int(0);
  return true;
}

void LaneStore::Release() {
  session_.Execute(kRelease, {lane_, owner_, token_});
}

Status LaneStore::Renew() {
  return AsOwner([](store::Transaction&) {});
}

std::vector<std::int32_t> LaneStore::Partitions() {
  std::vector<std::int32_t> partitions;
  for (const auto& row : session_.Query(kPartitionsOfLane, {lane_})) {
    partitions.push_back(static_cast<std::int32_t>(row.Int(0)));
  }
  return partitions;
}

std::string LaneStore::Installation() {
  return session_.Query(kInstallation).at(0).Text(0);
}

Result<std::map<StreamId, StreamState>> LaneStore::Streams(const std::vector<std::string>& topics) {
  topics_ = topics;
  std::map<StreamId, StreamState> streams;
  auto status = AsOwner([&](store::Transaction& transaction) {
    for (const auto& topic : topics) transaction.Execute(kAddStreams, {topic, lane_});
    for (const auto& row : transaction.Query(kStreams, {lane_})) {
      streams[{row.Text(0), static_cast<std::int32_t>(row.Int(1))}] = {row.Int(2), row.Int(3), row.Int(4), row.Int(5),
                                                                       row.Text(6)};
    }
  });
  if (!status) return status.error();
  std::erase_if(streams, [&](const auto& stream) { return !Contains(topics, stream.first.topic); });
  return streams;
}

std::optional<std::string> LaneStore::EventIdAt(const StreamId& stream, std::int64_t sequence) {
  const auto rows = session_.Query(kEventIdAt, {stream.topic, stream.partition, sequence});
  return rows.empty() ? std::nullopt : std::optional(rows.front().Text(0));
}

bool LaneStore::HasUnnumbered() {
  return !session_.Query(kHasUnnumbered, {lane_}).empty();
}

Result<LaneStore::NumberResult> LaneStore::Number(const std::map<StreamId, std::int64_t>& published, int most) {
  NumberResult result;
  auto status = AsOwner([&](store::Transaction& transaction) {
    std::map<StreamId, std::int64_t> counters;
    for (const auto& row : transaction.Query(kStreams, {lane_})) {
      counters[{row.Text(0), static_cast<std::int32_t>(row.Int(1))}] = row.Int(2);
    }
    const auto before = counters;
    std::vector<Unnumbered> rows;
    for (const auto& row : transaction.Query(kUnnumbered, {lane_, most})) {
      rows.push_back(
          {row.Int(0), {row.Text(1), static_cast<std::int32_t>(row.Int(2))}, row.Text(3), row.Int(4), row.Int(5)});
      if (!Contains(topics_, rows.back().stream.topic)) result.unknown_topic = rows.back().stream.topic;
    }
    if (result.unknown_topic) return;
    if (!transaction.Query(kAnyParked).empty()) {
      for (const auto& row : rows) DropReplaced(transaction, row.stream.topic, row.key, row.version);
    }
    SetSequences(session_, AssignSequences(std::move(rows), counters));
    for (const auto& [stream, counter] : counters) {
      if (before.at(stream) == counter) continue;
      transaction.Execute(kSetCounter, {counter, stream.topic, stream.partition});
      result.counters[stream] = counter;
    }
    SetPublished(session_, published);
  });
  if (!status) return status.error();
  return result;
}

Status LaneStore::NotePublished(const std::map<StreamId, std::int64_t>& published,
                                const std::map<StreamId, std::int64_t>& log_ends) {
  return AsOwner([&](store::Transaction& transaction) {
    SetPublished(session_, published);
    for (const auto& [stream, end] : log_ends) {
      transaction.Execute(kSetLogEnd, {end, stream.topic, stream.partition, end});
    }
  });
}

void LaneStore::KeepStop(const std::string& topic, const std::string& problem) {
  session_.Execute(kSetStopped, {problem, topic, lane_});
}

Status LaneStore::ParkRow(const StreamId& stream, std::int64_t sequence, const std::string& problem) {
  return AsOwner([&](store::Transaction& transaction) { Park(transaction, stream, sequence, problem); });
}

Status LaneStore::NoteParked(const std::vector<std::int64_t>& readable, const std::vector<std::int64_t>& in_vain) {
  return AsOwner([&](store::Transaction& transaction) {
    Unpark(transaction, readable);
    NoteTried(transaction, in_vain);
  });
}

std::vector<OutboxRow> LaneStore::RowsAfter(const StreamId& stream, std::int64_t sequence, int most) {
  std::vector<OutboxRow> rows;
  for (const auto& row : session_.Query(kRowsAfter, {stream.topic, stream.partition, sequence, most})) {
    OutboxRow next{.stream = stream,
                   .sequence = row.Int(0),
                   .key = row.Text(1),
                   .version = row.Int(2),
                   .type = row.Text(3),
                   .event_id = row.Text(4),
                   .subject = row.Text(5),
                   .time = row.Time(6),
                   .traceparent = row.Text(7),
                   .value = std::nullopt,
                   .created_at = row.Time(9)};
    if (const auto text = row.MaybeText(8)) {
      next.value = crypto::Base64Decode(*text);
      if (!next.value) {
        throw store::StoreError(ErrorCode::kInternal, fmt::format("the value of {}/{} at {} in the outbox is no base64",
                                                                  stream.topic, stream.partition, next.sequence));
      }
    }
    rows.push_back(std::move(next));
  }
  return rows;
}

Result<std::int64_t> LaneStore::Trim(const std::map<StreamId, std::int64_t>& first_to_keep, int most) {
  std::int64_t dropped = 0;
  auto status = AsOwner([&](store::Transaction& transaction) {
    for (const auto& [stream, sequence] : first_to_keep) {
      dropped += transaction.Execute(kTrim, {stream.topic, stream.partition, sequence, most});
    }
  });
  if (!status) return status.error();
  return dropped;
}

}  // namespace cdiscount::outbox
