#include "outbox/relay/parked_rows.hpp"

#include <fmt/format.h>

namespace cdiscount::outbox {
namespace {

constexpr std::string_view kPark =
    "UPDATE outbox_row SET seq = NULL, parked_at = {now}, parked_problem = :problem"
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
constexpr std::string_view kUnpark =
    "UPDATE outbox_row SET parked_at = NULL, parked_problem = NULL WHERE id IN {ints :ids}";
constexpr std::string_view kTried = "UPDATE outbox_row SET parked_at = {now} WHERE id IN {ints :ids}";
constexpr std::string_view kDropReplaced =
    "DELETE FROM outbox_row WHERE parked_at IS NOT NULL AND topic = :topic AND key IN (SELECT n.key FROM outbox_row n"
    " WHERE n.topic = :topic AND n.partition = :partition AND n.seq > :counter) AND EXISTS (SELECT 1 FROM outbox_row n"
    " WHERE n.topic = :topic AND n.key = outbox_row.key AND n.version > outbox_row.version AND n.seq > :counter)";

constexpr std::string_view kSummary =
    "SELECT topic, key, version, parked_problem, (SELECT count(*) FROM outbox_row WHERE parked_at IS NOT NULL) AS "
    "parked"
    " FROM outbox_row WHERE parked_at IS NOT NULL ORDER BY parked_at, id LIMIT 1";

}  // namespace

void Park(store::Transaction& transaction, const StreamId& stream, std::int64_t sequence, const std::string& problem) {
  const store::Bind topic{"topic", stream.topic};
  const store::Bind partition{"partition", stream.partition};
  transaction.Execute(kPark, {topic, partition, {"seq", sequence}, {"problem", problem}});
  transaction.Execute(kLift, {topic, partition, {"seq", sequence}});
  transaction.Execute(kSettle, {topic, partition});
  transaction.Execute(kCountDown, {topic, partition});
}

std::vector<ParkedRow> ParkedOf(store::Session& session, int lane, int most) {
  return session.Query(kOfLane, {{"lane", lane}, {"most", most}}).Map([](const store::Row& row) {
    return ParkedRow{row.Int("id"), row.Text("topic"), row.Text("key"), row.Int("version")};
  });
}

void Unpark(store::Transaction& transaction, const std::vector<std::int64_t>& ids) {
  transaction.Execute(kUnpark, {{"ids", ids}});
}

void NoteTried(store::Transaction& transaction, const std::vector<std::int64_t>& ids) {
  transaction.Execute(kTried, {{"ids", ids}});
}

void DropReplaced(store::Transaction& transaction, const StreamId& stream, std::int64_t counter) {
  transaction.Execute(kDropReplaced, {{"topic", stream.topic}, {"partition", stream.partition}, {"counter", counter}});
}

ParkedSummary SummarizeParked(store::Session& session) {
  const auto row = session.QueryOne(kSummary);
  if (!row) return {};
  return {row->Int("parked"), fmt::format("{} {} version {}: {}", row->TextView("topic"), row->TextView("key"),
                                          row->Int("version"), row->MaybeText("parked_problem").value_or(""))};
}

}  // namespace cdiscount::outbox
