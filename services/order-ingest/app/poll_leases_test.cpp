// Which account is polled, by whom, and how it went.
#include "app/due_polls.hpp"

#include <future>
#include <thread>

#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::FailsWith;
using fakes::Incoming;
using fakes::kNoon;
using fakes::Succeeds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using PollLeasesTest = fakes::OneAccountTest;

const Error kNoAnswer{ErrorCode::kUnavailable, "no answer"};

TEST_F(PollLeasesTest, AnAccountIsLeasedToOnePollerAtATime) {
  Claim();

  EXPECT_THAT(Due().rows, IsEmpty());
}

TEST_F(PollLeasesTest, NoProcessClaimsWhatItIsWorkingOnEvenWhenItsLeaseHasRunOut) {
  const auto mine = Due("poller-1", milliseconds{0}).rows;
  ASSERT_THAT(mine, SizeIs(1));

  const auto again = Due("poller-1", minutes{1}, {mine[0].who.account.value()});

  EXPECT_THAT(again.rows, IsEmpty());
  EXPECT_EQ(again.next_in, std::nullopt) << "else it would be looked for without a pause";
}

TEST_F(PollLeasesTest, ALeaseThatIsRenewedIsNotTakenByAnotherProcess) {
  const auto mine = Due("poller-1", milliseconds{0}).rows;

  const auto held = Renew(mine);

  EXPECT_THAT(held, ElementsAre("account-1"));
  EXPECT_THAT(Due("poller-2").rows, IsEmpty());
}

TEST_F(PollLeasesTest, ALeaseThatWasTakenDisabledOrChangedIsNotRenewed) {
  const auto taken = Due("poller-1", milliseconds{0}).rows;
  const auto theirs = Due("poller-2").rows;
  ASSERT_THAT(theirs, SizeIs(1));
  EXPECT_THAT(Renew(taken), IsEmpty());
  EXPECT_THAT(Renew(theirs), SizeIs(1));

  Announce(2, false);
  EXPECT_THAT(Renew(theirs), IsEmpty());
  Announce(3, true, 2);
  EXPECT_THAT(Renew(theirs), IsEmpty());
}

TEST_F(PollLeasesTest, AClaimLooksAtDueAccountsOnly) {
  const bool postgres = place_.engine() == store::Engine::kPostgres;
  const std::vector<std::string> none;
  const auto due = PlanOf(rows::kSelectDue, {{"now", 0}, {"running", none}, {"most", 10}});
  const auto next = PlanOf(rows::kSelectNext, {{"now", 0}, {"running", none}});

  EXPECT_THAT(due, HasSubstr(postgres ? "Index Cond: (next_poll_at <=" : "USING INDEX account_due (next_poll_at<?)"));
  EXPECT_THAT(due, Not(HasSubstr("B-TREE FOR ORDER BY"))) << due;
  EXPECT_THAT(next, HasSubstr("account_due")) << "in the index's order, to the first that is free";
}

TEST_F(PollLeasesTest, AClockThatRanAheadAndWasSetBackIsLookedForOnlyWhenAskedTo) {
  ASSERT_THAT(End(Claim(), {.next_poll_in = minutes{5}}), Succeeds());
  Execute("UPDATE account SET next_poll_at = next_poll_at + 3600000000");

  EXPECT_THAT(Due("poller-1", minutes{1}, {}, false).rows, IsEmpty());
  EXPECT_THAT(Due().rows, SizeIs(1));
}

TEST_F(PollLeasesTest, AClockThatRanAheadAndWasSetBackHoldsUpNoPoll) {
  ASSERT_THAT(End(Claim(), {.next_poll_in = minutes{5}}), Succeeds());
  EXPECT_THAT(Due().rows, IsEmpty()) << "five minutes are legal";

  Execute("UPDATE account SET next_poll_at = next_poll_at + 3600000000");

  EXPECT_THAT(Due().rows, SizeIs(1));
}

TEST_F(PollLeasesTest, AClockThatRanAheadAndWasSetBackHoldsNoLease) {
  Claim();
  EXPECT_THAT(Due("poller-2").rows, IsEmpty());

  Execute("UPDATE account SET lease_until = lease_until + 3600000000");

  EXPECT_THAT(Due("poller-2").rows, SizeIs(1));
}

TEST_F(PollLeasesTest, AWaitThatIsTooLongIsCutToTheLongest) {
  ASSERT_THAT(End(Claim(), {.next_poll_in = std::chrono::hours{24 * 365}}), Succeeds());

  const auto due = Due();

  ASSERT_TRUE(due.next_in);
  EXPECT_LE(*due.next_in, kLongestPollWait);
}

TEST_F(PollLeasesTest, AFormerOwnerWritesNothingAfterItsLeaseWasTaken) {
  auto former = Due("poller-1", milliseconds{0}).rows;
  const auto taken = Due("poller-2");
  ASSERT_THAT(taken.rows, SizeIs(1));

  EXPECT_THAT(Save(former.at(0), {Incoming(AnOrder("A-1"))}), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(End(former.at(0), {}), FailsWith(ErrorCode::kConflict));
}

TEST_F(PollLeasesTest, AfterACrashALeaseIsFreeAtOnceWhereNoOtherProcessCanHoldIt) {
  auto dead = Claim();

  rows::FreeLeasesOfTheDead(*database_);

  const auto due = Due();
  EXPECT_THAT(due.rows, SizeIs(place_.engine() == store::Engine::kSqlite ? 1 : 0));
  if (place_.engine() == store::Engine::kSqlite) {
    EXPECT_THAT(Save(dead, {Incoming(AnOrder("A-1"))}), FailsWith(ErrorCode::kConflict));
  }
}

TEST_F(PollLeasesTest, ADisabledAccountIsNotPolledAndARunningPollWritesNothing) {
  auto lease = Claim();
  Announce(2, false);

  EXPECT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(Due().rows, IsEmpty());
}

TEST_F(PollLeasesTest, WhatWasBegunUnderAnOlderGenerationIsVoid) {
  auto lease = Claim();
  Announce(2, true, 2);

  EXPECT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(Claim().who.generation, 2);
}

TEST_F(PollLeasesTest, TheNextPollIsDueWhenThePollSaysSo) {
  const auto lease = Claim();
  ASSERT_THAT(End(lease, {.next_poll_in = minutes{5}}), Succeeds());

  const auto due = Due();

  EXPECT_THAT(due.rows, IsEmpty());
  ASSERT_TRUE(due.next_in);
  EXPECT_LE(*due.next_in, minutes{5});
  EXPECT_GT(*due.next_in, minutes{4});
}

TEST_F(PollLeasesTest, APollThatWasInterruptedIsDueAtOnceAndCountsNeitherWay) {
  ASSERT_THAT(End(Claim(), {.error = kNoAnswer}), Succeeds());
  ASSERT_THAT(End(Claim(), {.interrupted = true}), Succeeds());

  EXPECT_EQ(Claim().failures_in_a_row, 1);
}

TEST_F(PollLeasesTest, FailuresAreCountedUntilAPollGoesWell) {
  for (int i = 0; i < 2; ++i) {
    const auto lease = Claim();
    EXPECT_EQ(lease.failures_in_a_row, i);
    ASSERT_THAT(End(lease, {.error = kNoAnswer}), Succeeds());
  }
  EXPECT_THAT(Texts("SELECT last_error FROM account"), ElementsAre("no answer"));
  ASSERT_THAT(End(Claim(), {}), Succeeds());

  EXPECT_EQ(Claim().failures_in_a_row, 0);
}

// SavePage and FinishPoll take the same rows; in another order they would wait for each other.
TEST_F(PollLeasesTest, TheEndOfAPollLocksNothingBeforeItsAccount) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.reason = "cut", .raw = "{", .window_min = kNoon});
  ASSERT_THAT(SaveAll(lease, page), Succeeds());
  ASSERT_THAT(End(lease, {}), Succeeds());
  lease = Claim();
  const auto session = database_->NewSession();
  const auto watch = database_->NewSession();
  store::Transaction saving(*session);
  saving.Execute("UPDATE account SET write_counter = write_counter + 1");

  auto finished = std::async(std::launch::async, [&] {
    boost::asio::io_context io{1};
    return cdiscount::fakes::RunTask(io, database_->Run([&](store::Transaction& transaction) {
      return EndPoll(transaction, lease, {.read_from = kNoon});
    }));
  });
  const auto deadline = std::chrono::steady_clock::now() + seconds{10};
  while (place_.engine() == store::Engine::kPostgres && std::chrono::steady_clock::now() < deadline &&
         watch->Query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
             .empty()) {
    std::this_thread::yield();
  }

  EXPECT_NO_THROW(saving.Execute("UPDATE unreadable_order SET reason = 'met again'"));
  EXPECT_NO_THROW(saving.Commit());
  EXPECT_THAT(finished.get(), Succeeds());
}

TEST_F(PollLeasesTest, AnErrorThatHoldsWhatADatabaseRefusesIsRecordedAllTheSame) {
  ASSERT_THAT(End(Claim(), {.error = Error{ErrorCode::kUnavailable, std::string("order A\0 and \xff", 14)}}),
              Succeeds());

  EXPECT_THAT(Texts("SELECT last_error FROM account"), ElementsAre("order A\\u0000 and \\xff"));
}

TEST_F(PollLeasesTest, SinceWhenAnAccountFailsIsKeptUntilItGoesWell) {
  ASSERT_THAT(End(Claim(), {.error = kNoAnswer}), Succeeds());
  const auto since = Number("SELECT failing_since FROM account");
  ASSERT_THAT(End(Claim(), {.error = Error{ErrorCode::kUnavailable, "still none"}}), Succeeds());
  EXPECT_EQ(Number("SELECT failing_since FROM account"), since);

  ASSERT_THAT(End(Claim(), {}), Succeeds());

  EXPECT_THAT(Texts("SELECT account_id FROM account WHERE failing_since IS NULL"), SizeIs(1));
}

}  // namespace
}  // namespace cdiscount::order_ingest
