#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "inbox/handler.hpp"
#include "kafka/record.hpp"
#include "store/session.hpp"

namespace cdiscount::inbox {

/// A message that never succeeded, or that waits behind one of the same key. Messages without a key wait for none.
struct Letter {
  std::int64_t id = 0;
  kafka::Message message;
  std::string reason;  ///< Empty: it waits.
};

/// Keeps a message, in the transaction that steps over it.
void KeepLetter(store::Transaction& transaction, const std::string& topic, const kafka::Message& message,
                const std::string& reason);
/// The keys behind whose letters later messages wait.
std::set<std::string> KeysOfLetters(store::Transaction& transaction, const std::string& topic);

/// The letters of a topic (without the namespace prefix), oldest first, for people.
std::vector<Letter> ListLetters(store::Transaction& transaction, const std::string& topic, int most);

/// Hands the letters of a key to the handler again, in their order: each that succeeds is gone. Ends at the first that
/// does not, whose reason is kept anew. Gives the number that succeeded. Throws StoreError; so may the handler.
std::int64_t ReplayLetters(store::Transaction& transaction, const std::string& topic, const std::string& key,
                           const Handler& handler);
/// Drops one for good; what waits behind it is for ReplayLetters. kNotFound when there is none of this id.
Status DiscardLetter(store::Transaction& transaction, const std::string& topic, std::int64_t id);

}  // namespace cdiscount::inbox
