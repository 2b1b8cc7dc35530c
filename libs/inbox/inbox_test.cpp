// The database's side of a topic, on both engines.
#include "inbox/inbox.hpp"

#include "core/testing/result_matchers.hpp"
#include "inbox/letters.hpp"
#include "migrations/inbox.hpp"
#include "store/database.hpp"
#include "store/testing/statement_faults.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::inbox {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::ElementsAre;

constexpr std::string_view kSeen = "INSERT INTO seen (text, place) VALUES (:text, :place)";

class InboxTest : public ::testing::Test {
 protected:
  InboxTest() {
    store::Migrate(*database_, migrations::Inbox()).value();
    session_->ExecuteScript("CREATE TABLE seen (id {serial}, text TEXT NOT NULL, place BIGINT NOT NULL)");
  }

  /// Writes down what it is given. "unreadable" and "broken" fail after they were written.
  Inbox Reader(Reading reading = Reading::kOnwards) {
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
    for (const auto& listed : ListLetters(transaction, {.topic = "topic", .most = 100})) {
      const auto letter = FindLetter(transaction, "topic", listed.id).value();
      reasons.push_back(letter.message.value.value_or("tombstone") + ": " + letter.reason);
    }
    return reasons;
  }
  Replayed Replay(const std::string& key, const Handler& handler, std::int64_t after = 0) {
    store::Transaction transaction(*session_);
    const auto replayed = ReplayLetters(transaction, "topic", key, handler, after);
    transaction.Commit();
    return replayed.value();
  }
  std::int64_t PositionOf(Inbox& inbox) { return inbox.Begin(*session_, {0}).at(0).offset; }

  fakes::TestDatabase place_;
  fakes::StatementFaults faults_;
  std::unique_ptr<store::Database> database_ =
      store::Database::Open({.url = place_.url(), .before_statement = faults_.Hook()}).value();
  std::unique_ptr<store::Session> session_ = database_->NewSession();
};

TEST_F(InboxTest, GoesOnWhereTheEffectsEnd) {
  auto inbox = Reader();
  EXPECT_EQ(PositionOf(inbox), 0);

  ASSERT_THAT(inbox.Apply(*session_, Messages(3, {"a", "b"})), Succeeds());

  auto next_life = Reader();
  EXPECT_EQ(PositionOf(next_life), 5);
  EXPECT_THAT(Seen(), ElementsAre("a", "b"));
}

TEST_F(InboxTest, KeepsEffectsAndPositionTogetherWhateverStatementFails) {
  auto inbox = Reader();
  PositionOf(inbox);

  for (int nth = 1;; ++nth) {
    faults_.FailStatement(nth);
    Status status = Ok();
    try {
      if (auto applied = inbox.Apply(*session_, Messages(0, {"a", "b"})); !applied) status = applied.error();
    } catch (const store::StoreError& error) {
      status = Error{error.code(), error.what()};
    }
    if (faults_.Disarm()) break;
    EXPECT_THAT(status, FailsWith(ErrorCode::kUnavailable));
    EXPECT_THAT(Seen(), ElementsAre()) << "after statement " << nth;
    EXPECT_EQ(PositionOf(inbox), 0);
  }

  EXPECT_THAT(Seen(), ElementsAre("a", "b"));
}

TEST_F(InboxTest, StepsOverAMessageThatNeverSucceedsAndKeepsNothingOfIt) {
  auto inbox = Reader();
  PositionOf(inbox);

  const auto applied = inbox.Apply(*session_, Messages(0, {"a", "unreadable", "b"}));

  ASSERT_THAT(applied, Succeeds());
  EXPECT_EQ(applied->handled, 2u);
  EXPECT_EQ(applied->unreadable, 1u);
  EXPECT_THAT(Seen(), ElementsAre("a", "b"));
  EXPECT_EQ(PositionOf(inbox), 3);
}

TEST_F(InboxTest, StepsOverAMessageWithAValueThatTheDatabaseNeverKeeps) {
  auto inbox = Reader();
  PositionOf(inbox);

  const auto applied = inbox.Apply(*session_, Messages(0, {"a", std::string("\0", 1), "b"}));

  ASSERT_THAT(applied, Succeeds());
  EXPECT_EQ(applied->unreadable, 1u);
  EXPECT_THAT(Seen(), ElementsAre("a", "b"));
}

TEST_F(InboxTest, ParksTheLaterMessagesOfAKeyBehindTheOneThatNeverSucceeds) {
  auto inbox = Reader();
  PositionOf(inbox);
  auto messages = Messages(0, {"a1", "unreadable", "a2"}, 0, "A");
  messages.push_back(Messages(3, {"b1"}, 0, "B").front());

  ASSERT_THAT(inbox.Apply(*session_, messages), Succeeds());
  const auto later = inbox.Apply(*session_, Messages(4, {"a3"}, 0, "A"));

  EXPECT_EQ(later->parked, 1u);
  EXPECT_THAT(Seen(), ElementsAre("a1", "b1"));
  EXPECT_THAT(Reasons(), ElementsAre("unreadable: it makes no sense", "a2: ", "a3: "));
}

TEST_F(InboxTest, ReplaysALetterAndWhatWaitsBehindItInOrderOnceItSucceeds) {
  auto inbox = Reader();
  PositionOf(inbox);
  auto messages = Messages(0, {"unreadable", "a2"}, 0, "A");
  messages[0].headers = {{"ce_id", "1:2"}, {"empty", ""}, {"bytes", std::string("\0:", 2)}};
  messages[1].value.reset();
  ASSERT_THAT(inbox.Apply(*session_, messages), Succeeds());
  std::vector<kafka::Message> handled;

  const auto too_early = Replay("A", [](store::Transaction&, const kafka::Message&) -> Status {
    return Error{ErrorCode::kUnreadable, "still not"};
  });
  EXPECT_EQ(too_early.succeeded, 0);
  EXPECT_EQ(too_early.left, 2);
  EXPECT_EQ(too_early.reason, "still not");
  EXPECT_THAT(Reasons(), ElementsAre("unreadable: still not", "tombstone: "));
  const auto replayed = Replay("A", [&](store::Transaction&, const kafka::Message& message) {
    handled.push_back(message);
    return Ok();
  });

  EXPECT_EQ(replayed.succeeded, 2);
  EXPECT_EQ(replayed.left, 0);
  EXPECT_EQ(replayed.reason, "");
  ASSERT_EQ(handled.size(), 2u);
  EXPECT_EQ(handled[0].headers, messages[0].headers);
  EXPECT_EQ(handled[0].key, "A");
  EXPECT_EQ(handled[1].offset, 1);
  EXPECT_EQ(handled[1].value, std::nullopt);
  ASSERT_THAT(inbox.Apply(*session_, Messages(2, {"a3"}, 0, "A")), Succeeds());
  EXPECT_THAT(Seen(), ElementsAre("a3")) << "its key is free again";
}

TEST_F(InboxTest, DiscardsALetterForGood) {
  auto inbox = Reader();
  PositionOf(inbox);
  ASSERT_THAT(inbox.Apply(*session_, Messages(0, {"unreadable", "a2"}, 0, "A")), Succeeds());
  store::Transaction transaction(*session_);
  const auto id = ListLetters(transaction, {.topic = "topic", .most = 1}).at(0).id;

  EXPECT_THAT(DiscardLetter(transaction, "another topic", id), FailsWith(ErrorCode::kNotFound));
  const auto discarded = DiscardLetter(transaction, "topic", id);
  ASSERT_THAT(discarded, Succeeds());
  EXPECT_EQ(discarded->letter.reason, "it makes no sense");
  EXPECT_EQ(discarded->waiting, 1);
  EXPECT_THAT(DiscardLetter(transaction, "topic", id), FailsWith(ErrorCode::kNotFound));
  transaction.Commit();

  EXPECT_THAT(Reasons(), ElementsAre("a2: "));
}

TEST_F(InboxTest, StandsStillBeforeAMessageThatMaySucceedLater) {
  auto inbox = Reader();
  PositionOf(inbox);

  EXPECT_THAT(inbox.Apply(*session_, Messages(0, {"a", "broken"})), FailsWith(ErrorCode::kInternal));

  EXPECT_THAT(Seen(), ElementsAre());
  EXPECT_EQ(PositionOf(inbox), 0);
}

TEST_F(InboxTest, LetsAFormerOwnerOfAPartitionChangeNothing) {
  auto former = Reader();
  auto owner = Reader();
  PositionOf(former);
  PositionOf(owner);
  ASSERT_THAT(owner.Apply(*session_, Messages(0, {"a"})), Succeeds());

  EXPECT_THAT(former.Apply(*session_, Messages(0, {"a", "b"})), FailsWith(ErrorCode::kConflict));

  EXPECT_THAT(Seen(), ElementsAre("a"));
}

TEST_F(InboxTest, AppliesAMessageOnceThatCameAgainOrOfAPartitionThatIsNotItsOwn) {
  auto inbox = Reader();
  PositionOf(inbox);
  auto messages = Messages(0, {"a", "b", "c"});
  messages.push_back(messages[1]);
  messages.push_back(Messages(0, {"another's"}, 7).front());

  ASSERT_THAT(inbox.Apply(*session_, messages), Succeeds());
  ASSERT_THAT(inbox.Apply(*session_, Messages(2, {"c", "d"})), Succeeds());

  EXPECT_THAT(Seen(), ElementsAre("a", "b", "c", "d"));
}

TEST_F(InboxTest, ReadsAMirroredTopicWholeAtEachStart) {
  auto inbox = Reader(Reading::kWhole);
  PositionOf(inbox);
  ASSERT_THAT(inbox.Apply(*session_, Messages(0, {"a", "b"})), Succeeds());

  auto next_life = Reader(Reading::kWhole);
  EXPECT_EQ(PositionOf(next_life), 0);
  ASSERT_THAT(next_life.Apply(*session_, Messages(0, {"a"})), Succeeds());

  EXPECT_THAT(Seen(), ElementsAre("a", "b", "a"));
}

TEST_F(InboxTest, LetsTwoProcessesMirrorATopicSideBySide) {
  auto one = Reader(Reading::kWhole);
  auto other = Reader(Reading::kWhole);
  PositionOf(one);
  PositionOf(other);

  ASSERT_THAT(one.Apply(*session_, Messages(0, {"a"})), Succeeds());
  ASSERT_THAT(other.Apply(*session_, Messages(0, {"a", "b"})), Succeeds());
  ASSERT_THAT(one.Apply(*session_, Messages(1, {"b"})), Succeeds());

  EXPECT_THAT(Seen(), ElementsAre("a", "a", "b", "b"));
}

TEST_F(InboxTest, KeepsALetterWhoseReasonQuotesWhatNoDatabaseTakes) {
  Inbox inbox("topic", Reading::kOnwards, [](store::Transaction&, const kafka::Message& message) -> Status {
    return Error{ErrorCode::kUnreadable, "no word: " + message.value.value_or("") + std::string(5000, 'x')};
  });
  PositionOf(inbox);

  const auto applied = inbox.Apply(*session_, Messages(0, {std::string("\0\xff", 2)}));

  ASSERT_THAT(applied, Succeeds());
  EXPECT_EQ(applied->unreadable, 1u);
  ASSERT_EQ(Reasons().size(), 1u);
  EXPECT_LT(Reasons().at(0).size(), 1200u);
}

TEST_F(InboxTest, KeepsALetterOfATopicThatWasMadeAnewBesideTheOldOne) {
  auto inbox = Reader();
  PositionOf(inbox);
  ASSERT_THAT(inbox.Apply(*session_, Messages(0, {"unreadable"})), Succeeds());
  session_->Execute("UPDATE inbox_position SET next_offset = 0", {});
  PositionOf(inbox);

  ASSERT_THAT(inbox.Apply(*session_, Messages(0, {"unreadable", "a"})), Succeeds());

  EXPECT_EQ(Reasons().size(), 2u);
  EXPECT_THAT(Seen(), ElementsAre("a"));
}

TEST_F(InboxTest, ReplaysEachLetterWithoutAKeyForItself) {
  auto inbox = Reader();
  PositionOf(inbox);
  ASSERT_THAT(inbox.Apply(*session_, Messages(0, {"unreadable", "unreadable"})), Succeeds());

  const auto replayed = Replay("", [](store::Transaction&, const kafka::Message& message) -> Status {
    if (message.offset == 0) return Error{ErrorCode::kUnreadable, "still not"};
    return Ok();
  });

  EXPECT_EQ(replayed.succeeded, 1);
  EXPECT_EQ(replayed.left, 1);
  EXPECT_THAT(Reasons(), ElementsAre("unreadable: still not"));
}

TEST_F(InboxTest, ReplaysManyLettersInPieces) {
  auto inbox = Reader();
  PositionOf(inbox);
  ASSERT_THAT(inbox.Apply(*session_, Messages(0, std::vector<std::string>(101, "unreadable"), 0, "A")), Succeeds());
  const Handler mended = [](store::Transaction&, const kafka::Message&) { return Ok(); };

  const auto first = Replay("A", mended);
  const auto second = Replay("A", mended, first.go_on_after.value());

  EXPECT_EQ(first.succeeded, 100);
  EXPECT_EQ(second.succeeded, 1);
  EXPECT_EQ(second.left, 0);
  EXPECT_EQ(second.go_on_after, std::nullopt);
}

TEST_F(InboxTest, ListsLettersOfOneTopicOrOfAllWithoutWhatTheySay) {
  auto inbox = Reader();
  PositionOf(inbox);
  ASSERT_THAT(inbox.Apply(*session_, Messages(7, {"unreadable", "a2"}, 0, "A")), Succeeds());
  store::Transaction transaction(*session_);
  KeepLetter(transaction, "another", Messages(1, {"x"}).front(), "");

  const auto all = ListLetters(transaction, {.most = 10});
  const auto later = ListLetters(transaction, {.topic = "topic", .after = all.at(0).id, .most = 10});

  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[2].message.topic, "another");
  EXPECT_EQ(all[0].message.offset, 7);
  EXPECT_EQ(all[0].message.value, std::nullopt);
  EXPECT_EQ(all[0].value_size, 10);
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].message.offset, 8);
  EXPECT_EQ(later[0].reason, "");
}

}  // namespace
}  // namespace cdiscount::inbox
