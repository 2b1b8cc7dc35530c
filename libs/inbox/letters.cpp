#include "inbox/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "core/unicode.hpp"

namespace cdiscount::inbox {
namespace {

constexpr std::string_view kKeep =
    "INSERT INTO inbox_letter (topic, partition, place, key, value, headers, written_at, reason) "
    "VALUES (:topic, :partition, :place, :key, :value, :headers, :written_at, :reason)";
constexpr std::string_view kKeys = "SELECT DISTINCT key FROM inbox_letter WHERE topic = :topic";
const std::string kHead = "id, topic, partition, place, key, written_at, reason, kept_at, length(value) AS value_size";
const std::string kList = "SELECT " + kHead +
                          " FROM inbox_letter WHERE (CAST(:topic AS TEXT) = '' OR topic = :topic) AND id > :after "
                          "ORDER BY id LIMIT :most";
const std::string kWhole = "SELECT " + kHead + ", value, headers FROM inbox_letter WHERE topic = :topic";
const std::string kFind = kWhole + " AND id = :id";
const std::string kOfKey = kWhole + " AND key = :key AND id > :after ORDER BY id LIMIT :most";
constexpr std::string_view kCount = "SELECT count(*) FROM inbox_letter WHERE topic = :topic AND key = :key";
// The follower moves these rows in its transactions, in this order: while they are locked, it parks nothing.
constexpr std::string_view kLock =
    "SELECT next_offset FROM inbox_position WHERE topic = :topic ORDER BY partition {for update}";
constexpr std::string_view kDrop = "DELETE FROM inbox_letter WHERE id = :id";
const std::string kDiscard = "DELETE FROM inbox_letter WHERE topic = :topic AND id = :id RETURNING " + kHead;
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

Letter HeadOf(const store::Row& row) {
  return {.id = row.Int("id"),
          .message = {.topic = row.Text("topic"),
                      .partition = static_cast<std::int32_t>(row.Int("partition")),
                      .offset = row.Int("place"),
                      .timestamp = row.Time("written_at"),
                      .key = row.Bytes("key"),
                      .value = std::nullopt,
                      .headers = {}},
          .reason = row.Text("reason"),
          .kept_at = row.Time("kept_at"),
          .value_size = row.MaybeInt("value_size")};
}

Letter ToLetter(const store::Row& row) {
  auto letter = HeadOf(row);
  letter.message.value = row.MaybeBytes("value");
  letter.message.headers = Unpacked(row.BytesView("headers"));
  return letter;
}

std::int64_t CountLetters(store::Transaction& transaction, const std::string& topic, const std::string& key) {
  return transaction.Query(kCount, {{"topic", topic}, {"key", store::Bytes{key}}}).at(0).Int(0);
}

Error NotKept(const std::string& topic, std::int64_t id) {
  return {ErrorCode::kNotFound, fmt::format("no message of {} is kept under the id {}", topic, id)};
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

std::vector<Letter> ListLetters(store::Transaction& transaction, const LettersAsked& asked) {
  return transaction.Query(kList, {{"topic", asked.topic}, {"after", asked.after}, {"most", asked.most}}).Map(HeadOf);
}

Result<Letter> FindLetter(store::Transaction& transaction, const std::string& topic, std::int64_t id) {
  const auto row = transaction.QueryOne(kFind, {{"topic", topic}, {"id", id}});
  if (!row) return NotKept(topic, id);
  return ToLetter(*row);
}

Result<Replayed> ReplayLetters(store::Transaction& transaction, const std::string& topic, const std::string& key,
                               const Handler& handler, std::int64_t after) {
  constexpr int kMost = 100;  // the follower stands still meanwhile
  transaction.Query(kLock, {{"topic", topic}});
  const auto letters =
      transaction.Query(kOfKey, {{"topic", topic}, {"key", store::Bytes{key}}, {"after", after}, {"most", kMost}});
  if (letters.empty() && after == 0) {
    return Error{ErrorCode::kNotFound,
                 key.empty() ? fmt::format("no message of {} without a key is kept", topic)
                             : fmt::format("no message of {} with the key \"{}\" is kept", topic, EscapeInvisible(key)),
                 std::nullopt, "key"};
  }
  Replayed replayed;
  if (letters.size() == kMost) replayed.go_on_after = letters.at(kMost - 1).Int("id");
  for (const auto& row : letters) {
    const auto letter = ToLetter(row);
    const auto status = transaction.Try([&] { return handler(transaction, letter.message); });
    if (status) {
      transaction.Execute(kDrop, {{"id", letter.id}});
      ++replayed.succeeded;
      continue;
    }
    const auto reason = StorableReason(status.error().message);
    transaction.Execute(kSetReason, {{"reason", reason}, {"id", letter.id}});
    if (replayed.reason.empty()) replayed.reason = reason;
    if (key.empty()) continue;  // those without a key do not wait for one another
    replayed.go_on_after.reset();
    break;
  }
  if (!replayed.go_on_after) replayed.left = CountLetters(transaction, topic, key);
  return replayed;
}

Result<Discarded> DiscardLetter(store::Transaction& transaction, const std::string& topic, std::int64_t id) {
  transaction.Query(kLock, {{"topic", topic}});
  const auto row = transaction.QueryOne(kDiscard, {{"topic", topic}, {"id", id}});
  if (!row) return NotKept(topic, id);
  Discarded discarded{.letter = HeadOf(*row)};
  const auto& key = discarded.letter.message.key;
  if (!key.empty()) discarded.waiting = CountLetters(transaction, topic, key);
  return discarded;
}

}  // namespace cdiscount::inbox
