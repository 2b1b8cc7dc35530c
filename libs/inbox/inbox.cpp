#include "inbox/inbox.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inbox/letters.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::inbox {
namespace {

constexpr std::string_view kFirst =
    "INSERT INTO inbox_position (topic, partition, next_offset) VALUES (:topic, :partition, 0) ON CONFLICT DO NOTHING";
constexpr std::string_view kFind =
    "SELECT next_offset FROM inbox_position WHERE topic = :topic AND partition = :partition";
// A former owner stands somewhere else: it changes nothing.
constexpr std::string_view kMove =
    "UPDATE inbox_position SET next_offset = :next "
    "WHERE topic = :topic AND partition = :partition AND next_offset = :expected";

}  // namespace

std::vector<kafka::PartitionOffset> Inbox::Begin(store::Session& session, const std::vector<std::int32_t>& partitions) {
  std::map<std::int32_t, std::int64_t> positions;
  if (reading_ == Reading::kWhole) {
    for (const auto partition : partitions) positions[partition] = 0;
    positions_ = std::move(positions);
    return FromPositions();
  }
  store::Transaction transaction(session);
  for (const auto partition : partitions) {
    transaction.Execute(kFirst, {{"topic", topic_}, {"partition", partition}});
    positions[partition] =
        transaction.Query(kFind, {{"topic", topic_}, {"partition", partition}}).at(0).Int("next_offset");
  }
  transaction.Commit();
  positions_ = std::move(positions);
  return FromPositions();
}

std::vector<kafka::PartitionOffset> Inbox::FromPositions() const {
  std::vector<kafka::PartitionOffset> from;
  for (const auto& [partition, next] : positions_) from.push_back({.partition = partition, .offset = next});
  return from;
}

Result<Inbox::Applied> Inbox::Apply(store::Session& session, const std::vector<kafka::Message>& messages) {
  if (messages.empty()) return Applied{};
  // A message that never succeeds is rare: only then each one is a piece of its own, which costs round trips.
  try {
    auto applied = Attempt(session, messages, false);
    if (applied || !IsPoison(applied.error())) return applied;
  } catch (const store::StoreError& error) {
    if (error.code() != ErrorCode::kInvalidArgument) throw;
  }
  return Attempt(session, messages, true);
}

std::vector<const kafka::Message*> Inbox::News(const std::vector<kafka::Message>& messages,
                                               std::map<std::int32_t, std::int64_t>& next) const {
  std::vector<const kafka::Message*> news;
  for (const auto& message : messages) {
    const auto known = positions_.find(message.partition);
    if (known == positions_.end()) continue;  // given to another member meanwhile
    auto& position = next.try_emplace(message.partition, known->second).first->second;
    if (message.offset < position && reading_ == Reading::kOnwards)
      continue;  // read again after the partition came back
    position = std::max(position, message.offset + 1);
    news.push_back(&message);
  }
  return news;
}

Result<Inbox::Applied> Inbox::Attempt(store::Session& session, const std::vector<kafka::Message>& messages,
                                      bool one_by_one) {
  std::map<std::int32_t, std::int64_t> next;
  const auto news = News(messages, next);
  Applied applied;
  store::Transaction transaction(session);
  if (reading_ == Reading::kOnwards) {
    if (auto moved = MovePositions(transaction, next); !moved) return moved.error();
  }
  auto waiting = reading_ == Reading::kOnwards ? KeysOfLetters(transaction, topic_) : std::set<std::string>();
  for (const auto* message : news) {
    if (waiting.contains(message->key)) {
      KeepLetter(transaction, topic_, *message, "");
      ++applied.parked;
      continue;
    }
    const auto handle = [&] { return handler_(transaction, *message); };
    const auto status = one_by_one ? transaction.Try(handle) : handle();
    if (status) {
      ++applied.handled;
      continue;
    }
    if (!one_by_one || !IsPoison(status.error())) return status.error();
    ++applied.unreadable;
    SetAside(transaction, *message, status.error());
    if (reading_ == Reading::kOnwards && !message->key.empty()) waiting.insert(message->key);
  }
  transaction.Commit();
  for (const auto& [partition, offset] : next) positions_[partition] = offset;
  return applied;
}

void Inbox::SetAside(store::Transaction& transaction, const kafka::Message& message, const Error& error) const {
  log::Error("inbox_message_unreadable", {{"topic", message.topic},
                                          {"partition", message.partition},
                                          {"offset", message.offset},
                                          {"problem", error.message}});
  if (reading_ == Reading::kOnwards) KeepLetter(transaction, topic_, message, error.message);
}

Status Inbox::MovePositions(store::Transaction& transaction, const std::map<std::int32_t, std::int64_t>& next) const {
  for (const auto& [partition, offset] : next) {
    const auto expected = positions_.at(partition);
    const auto moved = transaction.Execute(
        kMove, {{"next", offset}, {"topic", topic_}, {"partition", partition}, {"expected", expected}});
    if (moved == 1) continue;
    return Error{ErrorCode::kConflict,
                 fmt::format("the position in {}/{} is not {} any more: another process reads the "
                             "topic with this database",
                             topic_, partition, expected)};
  }
  return Ok();
}

}  // namespace cdiscount::inbox
