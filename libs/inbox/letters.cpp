#include "inbox/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "core/unicode.hpp"

namespace cdiscount::inbox {
namespace {

constexpr std::string_view kKeep =
    "INSERT INTO inbox_letter (topic, partition, place, key, value, headers, written_at, reason) "
    "VALUES (:topic, :partition, :place, :key, :value, :headers, :written_at, :reason)";
constexpr std::string_view kKeys = "SELECT DISTINCT key FROM inbox_letter WHERE topic = :topic";
constexpr std::string_view kColumns =
    "SELECT id, partition, place, key, value, headers, written_at, reason FROM inbox_letter WHERE topic = :topic";
const std::string kList = std::string(kColumns) + " ORDER BY id LIMIT :most";
const std::string kOfKey = std::string(kColumns) + " AND key = :key ORDER BY id";
// The follower moves these rows in its transactions: while they are locked, it parks nothing.
constexpr std::string_view kLock = "SELECT next_offset FROM inbox_position WHERE topic = :topic {for update}";
constexpr std::string_view kDrop = "DELETE FROM inbox_letter WHERE topic = :topic AND id = :id";
constexpr std::string_view kSetReason = "UPDATE inbox_letter SET reason = :reason WHERE id = :id";

/// Names and values with their lengths: "6:ce_id3:42".
std::string Packed(const kafka::Headers& headers) {
  std::string packed;
  for (const auto& [name, value] : headers) {
    packed += fmt::format("{}:{}{}:{}", name.size(), name, value.size(), value);
  }
  return packed;
}

std::string TakeText(std::string_view& packed) {
  std::size_t size = 0;
  const auto digits = packed.substr(0, packed.find(':'));
  std::from_chars(digits.data(), digits.data() + digits.size(), size);
  packed.remove_prefix(std::min(digits.size() + 1, packed.size()));
  std::string text(packed.substr(0, size));
  packed.remove_prefix(text.size());
  return text;
}

kafka::Headers Unpacked(std::string_view packed) {
  kafka::Headers headers;
  while (!packed.empty()) {
    auto name = TakeText(packed);
    headers.emplace_back(std::move(name), packed.empty() ? "" : TakeText(packed));
  }
  return headers;
}

/// A reason may quote the message, so it may hold what neither database keeps.
std::string StorableReason(std::string_view reason) {
  constexpr std::size_t kMost = 1000;
  return EscapeInvisible(reason.substr(0, kMost)) + (reason.size() > kMost ? "..." : "");
}

Letter ToLetter(const std::string& topic, const store::Row& row) {
  return {.id = row.Int("id"),
          .message = {.topic = topic,
                      .partition = static_cast<std::int32_t>(row.Int("partition")),
                      .offset = row.Int("place"),
                      .timestamp = row.Time("written_at"),
                      .key = row.Bytes("key"),
                      .value = row.MaybeBytes("value"),
                      .headers = Unpacked(row.BytesView("headers"))},
          .reason = row.Text("reason")};
}

}  // namespace

void KeepLetter(store::Transaction& transaction, const std::string& topic, const kafka::Message& message,
                const std::string& reason) {
  std::optional<store::Bytes> value;
  if (message.value) value = store::Bytes{*message.value};
  transaction.Execute(kKeep, {{"topic", topic},
                              {"partition", message.partition},
                              {"place", message.offset},
                              {"key", store::Bytes{message.key}},
                              {"value", value},
                              {"headers", store::Bytes{Packed(message.headers)}},
                              {"written_at", message.timestamp},
                              {"reason", StorableReason(reason)}});
}

std::set<std::string> KeysOfLetters(store::Transaction& transaction, const std::string& topic) {
  std::set<std::string> keys;
  for (const auto& row : transaction.Query(kKeys, {{"topic", topic}})) keys.insert(row.Bytes("key"));
  keys.erase("");  // a message without a key waits for none
  return keys;
}

std::vector<Letter> ListLetters(store::Transaction& transaction, const std::string& topic, int most) {
  return transaction.Query(kList, {{"topic", topic}, {"most", most}}).Map([&](const store::Row& row) {
    return ToLetter(topic, row);
  });
}

std::int64_t ReplayLetters(store::Transaction& transaction, const std::string& topic, const std::string& key,
                           const Handler& handler) {
  transaction.Query(kLock, {{"topic", topic}});
  std::int64_t replayed = 0;
  for (const auto& row : transaction.Query(kOfKey, {{"topic", topic}, {"key", store::Bytes{key}}})) {
    const auto letter = ToLetter(topic, row);
    const auto status = transaction.Try([&] { return handler(transaction, letter.message); });
    if (!status) {
      transaction.Execute(kSetReason, {{"reason", StorableReason(status.error().message)}, {"id", letter.id}});
      if (key.empty()) continue;  // those without a key do not wait for one another
      break;
    }
    transaction.Execute(kDrop, {{"topic", topic}, {"id", letter.id}});
    ++replayed;
  }
  return replayed;
}

Status DiscardLetter(store::Transaction& transaction, const std::string& topic, std::int64_t id) {
  if (transaction.Execute(kDrop, {{"topic", topic}, {"id", id}}) == 1) return Ok();
  return Error{ErrorCode::kNotFound, fmt::format("no message of {} is kept under the id {}", topic, id)};
}

}  // namespace cdiscount::inbox
