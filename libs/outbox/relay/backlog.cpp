#include "outbox/relay/backlog.hpp"

#include <algorithm>

namespace cdiscount::outbox {
namespace {

constexpr std::string_view kUnnumbered =
    "SELECT count(*) AS waiting, min(created_at) AS oldest FROM outbox_row WHERE seq IS NULL AND parked_at IS NULL";
constexpr std::string_view kUnpublished =
    "SELECT coalesce(sum(s.counter - s.published), 0) AS waiting, min(r.created_at) AS oldest FROM outbox_stream s "
    "LEFT JOIN outbox_row r ON r.topic = s.topic AND r.partition = s.partition AND r.seq = s.published + 1 "
    "WHERE s.counter > s.published";

}  // namespace

Backlog Measure(store::Session& session) {
  const auto now = session.Now();
  Backlog backlog;
  for (const auto statement : {kUnnumbered, kUnpublished}) {
    const auto row = session.Query(statement).at(0);
    backlog.rows += row.Int("waiting");
    if (const auto oldest = row.MaybeTime("oldest")) backlog.oldest_age = std::max(backlog.oldest_age, now - *oldest);
  }
  return backlog;
}

}  // namespace cdiscount::outbox
