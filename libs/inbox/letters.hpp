#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "inbox/handler.hpp"
#include "kafka/record.hpp"
#include "store/session.hpp"

namespace cdiscount::inbox {

/// A message that never succeeded, or that waits behind one of the same key. Messages without a key wait for none.
struct Letter {
  std::int64_t id = 0;
  kafka::Message message;  ///< Its topic without the namespace prefix.
  std::string reason;      ///< Empty: it waits. May quote the message, so that what cannot be seen is escaped.
  SysTime kept_at;
  std::optional<std::int64_t> value_size;  ///< Bytes; absent: a tombstone.
};

/// Keeps a message, in the transaction that steps over it.
void KeepLetter(store::Transaction& transaction, const std::string& topic, const kafka::Message& message,
                const std::string& reason);
/// The keys behind whose letters later messages wait.
std::set<std::string> KeysOfLetters(store::Transaction& transaction, const std::string& topic);

struct LettersAsked {
  std::string topic;       ///< Empty: of all.
  std::int64_t after = 0;  ///< Only those with a larger id.
  int most = 0;
};
/// Oldest first, for people: without their values and headers, which may hold personal data.
std::vector<Letter> ListLetters(store::Transaction& transaction, const LettersAsked& asked);
/// One with all that it holds. kNotFound when none of this id is kept.
Result<Letter> FindLetter(store::Transaction& transaction, const std::string& topic, std::int64_t id);

struct Replayed {
  std::int64_t succeeded = 0;
  std::int64_t left = 0;  ///< Of this key; counted once it is done.
  std::string reason;     ///< Of the first that did not succeed; empty when all did.
  /// Where the next call goes on; absent when this one came to the end, or to one that did not succeed.
  std::optional<std::int64_t> go_on_after;
};
/// Hands the letters of a key to the handler again, in their order, a hundred at most: each that succeeds is gone. Ends
/// at the first that does not, whose reason is kept anew; those without a key do not wait for one another. kNotFound
/// when none of this key is kept. Throws StoreError; so may the handler.
Result<Replayed> ReplayLetters(store::Transaction& transaction, const std::string& topic, const std::string& key,
                               const Handler& handler, std::int64_t after = 0);

struct Discarded {
  Letter letter;             ///< Without its value and headers.
  std::int64_t waiting = 0;  ///< The others of its key, which are for ReplayLetters.
};
/// Drops one for good. kNotFound when there is none of this id.
Result<Discarded> DiscardLetter(store::Transaction& transaction, const std::string& topic, std::int64_t id);

}  // namespace cdiscount::inbox
