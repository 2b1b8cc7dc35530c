// The dead letters of a topic, on both engines.
#include "inbox/letters.hpp"

#include "core/testing/result_matchers.hpp"
#include "inbox/testing/inbox_test.hpp"

namespace cdiscount::inbox {
namespace {

using fakes::FailsWith;
using fakes::InboxTest;
using fakes::Succeeds;
using ::testing::ElementsAre;

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
