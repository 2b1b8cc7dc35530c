#include "outbox/parked_rows.hpp"

#include <fmt/format.h>

namespace cdiscount::outbox {
namespace {

constexpr std::string_view kPark =
    "UPDATE outbox_row SET seq = NULL, parked_at = :now, parked_problem = :problem"
    " WHERE topic = :topic AND partition = :partition AND seq = :seq";
// By way of negative numbers: a sequence may not stand there twice, not even within the statement.
constexpr std::string_view kLift =
    "UPDATE outbox_row SET seq = 1 - seq WHERE topic = :topic AND partition = :partition AND seq > :seq";
constexpr std::string_view kSettle =
    "UPDATE outbox_row SET seq = -seq WHERE topic = :topic AND partition = :partition AND seq < 0";
constexpr std::string_view kCountDown =
    "UPDATE outbox_stream SET counter = counter - 1 WHERE topic = :topic AND partition = :partition";

constexpr std::string_view kOfLane =
    "SELECT id, topic, key, version FROM outbox_row WHERE parked_at IS NOT NULL"
    " AND partition IN (SELECT partition FROM outbox_lane WHERE lane = :lane) ORDER BY parked_at, id LIMIT :most";
constexpr std::string_view kUnpark = "UPDATE outbox_row SET parked_at = NULL, parked_problem = NULL WHERE id = :id";
constexpr std::string_view kTried = "UPDATE outbox_row SET parked_at = :now WHERE id = :id";
constexpr std::string_view kDropReplaced =
    "DELETE FROM outbox_row WHERE parked_at IS NOT NULL AND topic = :topic AND key = :key AND version < :version";

constexpr std::string_view kCount = "SELECT count(*) FROM outbox_row WHERE parked_at IS NOT NULL";
constexpr std::string_view kExample =
    "SELECT topic, key, version, parked_problem FROM outbox_row WHERE parked_at IS NOT NULL ORDER BY parked_at, id "
    "LIMIT 1";

}  // namespace

void Park(store::Transaction& transaction, const StreamId& stream, std::int64_t sequence, const std::string& problem) {
  transaction.Execute(kPark, {transaction.Now(), problem, stream.topic, stream.partition, sequence});
  transaction.Execute(kLift, {stream.topic, stream.partition, sequence});
  transaction.Execute(kSettle, {stream.topic, stream.partition});
  transaction.Execute(kCountDown, {stream.topic, stream.partition});
}

std::vector<ParkedRow> ParkedOf(store::Session& session, int lane, int most) {
  std::vector<ParkedRow> parked;
  for (const auto& row : session.Query(kOfLane, {lane, most})) {
    parked.push_back({row.Int(0), row.Text(1), row.Text(2), row.Int(3)});
  }
  return parked;
}

void Unpark(store::Transaction& transaction, const std::vector<std::int64_t>& ids) {
  for (const auto id : ids) transaction.Execute(kUnpark, {id});
}

void NoteTried(store::Transaction& transaction, const std::vector<std::int64_t>& ids) {
  for (const auto id : ids) transaction.Execute(kTried, {transaction.Now(), id});
}

void DropReplaced(store::Transaction& transaction, const std::string& topic, const std::string& key,
                  std::int64_t version) {
  transaction.Execute(kDropReplaced, {topic, key, version});
}

ParkedSummary SummarizeParked(store::Session& session) {
  ParkedSummary summary;
  summary.rows = session.Query(kCount).at(0).Int(0);
  if (summary.rows == 0) return summary;
  const auto rows = session.Query(kExample);
  if (rows.empty()) return {};  // unparked at this instant
  const auto& row = rows.front();
  summary.example =
      fmt::format("{} {} version {}: {}", row.Text(0), row.Text(1), row.Int(2), row.MaybeText(3).value_or(""));
  return summary;
}

}  // namespace cdiscount::outbox
