#pragma once

// The fixture of the tests of the inbox: a topic's messages into a database, on both engines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "inbox/inbox.hpp"
#include "inbox/letters.hpp"
#include "migrations/inbox.hpp"
#include "store/database.hpp"
#include "store/testing/statement_faults.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::fakes {

class InboxTest : public ::testing::Test {
 protected:
  InboxTest() {
    store::Migrate(*database_, migrations::Inbox()).value();
    session_->ExecuteScript("CREATE TABLE seen (id {serial}, text TEXT NOT NULL, place BIGINT NOT NULL)");
  }

  /// Writes down what it is given. "unreadable" and "broken" fail after they were written.
  inbox::Inbox Reader(inbox::Reading reading = inbox::Reading::kOnwards) {
    static constexpr std::string_view kSeen = "INSERT INTO seen (text, place) VALUES (:text, :place)";
    return {"topic", reading, [](store::Transaction& transaction, const kafka::Message& message) -> Status {
              transaction.Execute(kSeen, {{"text", message.value}, {"place", message.offset}});
              if (message.value == "unreadable") return Error{ErrorCode::kUnreadable, "it makes no sense"};
              if (message.value == "broken") return Error{ErrorCode::kInternal, "the handler is broken"};
              return Ok();
            }};
  }

  static std::vector<kafka::Message> Messages(std::int64_t from, const std::vector<std::string>& values,
                                              std::int32_t partition = 0, const std::string& key = "") {
    std::vector<kafka::Message> messages;
    for (const auto& value : values) {
      messages.push_back({.topic = "topic",
                          .partition = partition,
                          .offset = from++,
                          .timestamp = {},
                          .key = key,
                          .value = value,
                          .headers = {}});
    }
    return messages;
  }

  std::vector<std::string> Seen() {
    return session_->Query("SELECT text FROM seen ORDER BY id").Map([](const store::Row& row) {
      return row.Text("text");
    });
  }
  std::vector<std::string> Reasons() {
    store::Transaction transaction(*session_);
    std::vector<std::string> reasons;
    for (const auto& listed : inbox::ListLetters(transaction, {.topic = "topic", .most = 100})) {
      const auto letter = inbox::FindLetter(transaction, "topic", listed.id).value();
      reasons.push_back(letter.message.value.value_or("tombstone") + ": " + letter.reason);
    }
    return reasons;
  }
  inbox::Replayed Replay(const std::string& key, const inbox::Handler& handler, std::int64_t after = 0) {
    store::Transaction transaction(*session_);
    const auto replayed = inbox::ReplayLetters(transaction, "topic", key, handler, after);
    transaction.Commit();
    return replayed.value();
  }
  std::int64_t PositionOf(inbox::Inbox& inbox) { return inbox.Begin(*session_, {0}).at(0).offset; }

  TestDatabase place_;
  StatementFaults faults_;
  std::unique_ptr<store::Database> database_ =
      store::Database::Open({.url = place_.url(), .before_statement = faults_.Hook()}).value();
  std::unique_ptr<store::Session> session_ = database_->NewSession();
};

}  // namespace cdiscount::fakes
