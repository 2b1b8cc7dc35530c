// One suite for every engine: run as a unit test it opens SQLite, under tests/support/stack.py run --postgres
// PostgreSQL.
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <future>
#include <thread>

#include "adapters/fingerprints.hpp"
#include "adapters/lease_rows.hpp"
#include "adapters/order_events.hpp"
#include "adapters/sql_account_store.hpp"
#include "adapters/sql_order_store.hpp"
#include "cdiscount/events/v1/order_event.pb.h"
#include "cdiscount/events/v1/order_recipients.pb.h"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "crypto/testing/key_file.hpp"
#include "fakes/an_order.hpp"
#include "migrations/order_ingest.hpp"
#include "migrations/outbox.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::order_ingest {
namespace {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::RunTask;
using cdiscount::fakes::Succeeds;
using fakes::AnOrder;
using fakes::FieldsOf;
using fakes::kNoon;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class OrderStoreConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(store::Migrate(*database_, migrations::Outbox()), Succeeds());
    ASSERT_THAT(store::Migrate(*database_, migrations::OrderIngest()), Succeeds());
    Announce(1, true);
  }

  void Announce(std::int64_t version, bool enabled, std::int64_t generation = 1, const std::string& id = "account-1") {
    AccountFact account{.who = {AccountId{id}, SellerId{"98979"}, ChannelId{"CDISFR"}},
                        .name = "Lamps",
                        .enabled = enabled,
                        .version = version,
                        .generation = generation};
    const ConsumerStep step{"cdiscount.accounts.v1", 0, position_, position_ + 3};
    ASSERT_THAT(RunTask(io_, accounts_.ApplyAccount(account, step)), Succeeds());
    position_ += 3;
  }

  AccountLease Claim() {
    auto leases = RunTask(io_, store_.ClaimDue(10, minutes{1}));
    EXPECT_THAT(leases, Succeeds());
    EXPECT_EQ(leases->leases.size(), 1U);
    return leases->leases.empty() ? AccountLease{} : leases->leases.front();
  }

  IncomingOrder Incoming(Order order, Recipients recipients = {}) {
    auto fingerprint = fingerprints_.Of(order, recipients);
    return {std::move(order), std::move(recipients), std::move(fingerprint)};
  }

  Result<SaveReport> Save(AccountLease& lease, std::vector<IncomingOrder> orders,
                          std::optional<SysTime> cursor = std::nullopt, bool alone = false) {
    PageToSave page;
    page.alone = alone;
    page.orders = std::move(orders);
    page.asked_at = lease.write_counter;
    page.cursor = cursor;
    auto saved = RunTask(io_, store_.SavePage(lease, page));
    if (saved) lease.write_counter = saved->write_counter;
    return saved;
  }

  std::vector<std::string> Rows(const std::string& sql) {
    std::vector<std::string> texts;
    for (const auto& row : database_->NewSession()->Query(sql)) texts.push_back(row.Text(0));
    return texts;
  }

  cdiscount::fakes::TestDatabase place_;
  std::unique_ptr<store::Database> database_ = store::Database::Open({.url = place_.url()}).value();
  cdiscount::fakes::KeyFile key_;
  crypto::SealedBox box_ = *crypto::SealedBox::Load(key_.path());
  outbox::Outbox outbox_;
  boost::asio::io_context io_{1};
  SqlAccountStore accounts_{*database_};
  SqlOrderStore store_{*database_, outbox_, box_, "poller-1"};
  Fingerprints fingerprints_{Secret{"a key"}};
  std::int64_t position_ = 0;
};

Recipients ToClaire() {
  Recipients recipients;
  recipients.deliveries.push_back({.line_ids = {"A-1-1"}, .address = {.last_name = Pii{"Martin"}}});
  return recipients;
}

TEST_F(OrderStoreConformance, ANewOrderIsStoredWithItsEventsAndTheCursorInOneTransaction) {
  auto lease = Claim();

  const auto saved = Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}, kNoon);

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->created, 1);
  EXPECT_THAT(Rows("SELECT type FROM outbox_row ORDER BY ordinal"),
              ElementsAre("com.cdiscount-connect.order.received.v1", "com.cdiscount-connect.order.state.v1",
                          "com.cdiscount-connect.order.recipients.v1"));
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(lease, {})), Succeeds());
  EXPECT_EQ(Claim().cursor, kNoon);
}

TEST_F(OrderStoreConformance, TheEventHoldsTheOrderAndNobodysName) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}), Succeeds());

  const auto values = database_->NewSession()->Query("SELECT value FROM outbox_row WHERE topic = :topic",
                                                     {{"topic", "cdiscount.order.events.v1"}});

  ASSERT_EQ(values.size(), 1u);
  const auto bytes = values[0].Bytes("value");
  events::v1::OrderEvent event;
  ASSERT_TRUE(event.ParseFromString(bytes));
  EXPECT_EQ(event.version(), 1);
  EXPECT_EQ(event.type(), events::v1::ORDER_EVENT_TYPE_RECEIVED);
  EXPECT_EQ(event.order().lines(0).sku(), "SKU-LAMP-01");
  EXPECT_EQ(event.order().lines(0).selling_price().unit_price().minor_units(), 4999);
  EXPECT_EQ(bytes.find("Martin"), std::string::npos);
}

TEST_F(OrderStoreConformance, TheSamePageTwiceAnnouncesNothing) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), Succeeds());

  const auto again = Save(lease, {Incoming(AnOrder("A-1"))});

  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again->unchanged, 1);
  EXPECT_THAT(Rows("SELECT type FROM outbox_row"), SizeIs(2));
}

TEST_F(OrderStoreConformance, AChangeIsTheNextVersionAndTheRecipientsGoOutOnlyWhenTheyChanged) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}), Succeeds());

  const auto saved = Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{5}), ToClaire())});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->changed, 1);
  EXPECT_THAT(Rows("SELECT type FROM outbox_row WHERE version = 2 ORDER BY ordinal"),
              ElementsAre("com.cdiscount-connect.order.shipped.v1", "com.cdiscount-connect.order.state.v1"));
}

TEST_F(OrderStoreConformance, AnOlderAnswerIsDroppedAndItsOrderAskedForAloneOnceInAWhile) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{5}))}), Succeeds());

  const auto saved = Save(lease, {Incoming(AnOrder("A-1"))});
  const auto again = Save(lease, {Incoming(AnOrder("A-1"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->older, 1);
  EXPECT_THAT(saved->ask_again, ElementsAre(OrderId{"A-1"}));
  EXPECT_EQ(again->older, 1);
  EXPECT_THAT(again->ask_again, IsEmpty());
  EXPECT_THAT(Rows("SELECT status FROM orders"), ElementsAre("Shipped"));

  database_->NewSession()->Execute("UPDATE orders SET ask_older_from = 0");
  EXPECT_THAT(Save(lease, {Incoming(AnOrder("A-1"))})->ask_again, ElementsAre(OrderId{"A-1"}));
}

TEST_F(OrderStoreConformance, AStampThatTheMarketplaceSetBackIsTheNextVersionWhenTheOrderWasAskedForAlone) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "Accepted", kNoon))}), Succeeds());
  const auto set_back = AnOrder("A-1", "InPreparation", kNoon - minutes{5});
  ASSERT_THAT(Save(lease, {Incoming(set_back)})->ask_again, ElementsAre(OrderId{"A-1"}));

  const auto alone = Save(lease, {Incoming(set_back)}, std::nullopt, true);
  const auto in_the_list = Save(lease, {Incoming(set_back)});

  EXPECT_EQ(alone->set_back, 1);
  EXPECT_EQ(alone->changed, 1);
  EXPECT_THAT(alone->ask_again, IsEmpty());
  EXPECT_EQ(in_the_list->unchanged, 1);
  EXPECT_THAT(Rows("SELECT type FROM outbox_row WHERE version = 2 ORDER BY ordinal"),
              ElementsAre("com.cdiscount-connect.order.ready_to_ship.v1", "com.cdiscount-connect.order.state.v1"));
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon - minutes{4}))})->changed, 1)
      << "compared with the stamp that was set back";
}

TEST_F(OrderStoreConformance, TwoReplicasOfTheMarketplaceThatDisagreeEndInAFewVersions) {
  auto lease = Claim();
  const auto of_one = AnOrder("A-1", "Accepted", kNoon - minutes{5});
  const auto of_the_other = AnOrder("A-1", "InPreparation", kNoon);
  int versions = 0;

  for (int poll = 0; poll < 20; ++poll) {
    const auto newer = Save(lease, {Incoming(of_the_other)});
    const auto older = Save(lease, {Incoming(of_one)});
    versions += newer->created + newer->changed + older->changed;
    if (!older->ask_again.empty()) versions += Save(lease, {Incoming(of_one)}, std::nullopt, true)->changed;
    database_->NewSession()->Execute("UPDATE orders SET ask_older_from = 0");  // its pause is over
  }

  EXPECT_EQ(versions, 2);
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "InPreparation", kNoon + seconds{1}))})->changed, 1)
      << "a stamp newer than any seen is believed at once";
}

TEST_F(OrderStoreConformance, ThePauseOfOlderAnswersGrowsUntilAStampIsNewerThanAnySeen) {
  auto lease = Claim();
  const auto older_asks = [&] { return Rows("SELECT CAST(older_asks AS TEXT) FROM orders").at(0); };
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "InPreparation", kNoon))}), Succeeds());
  for (const auto* status : {"Accepted", "Shipped", "Delivered"}) {  // each set back further, and asked for alone
    const auto set_back = AnOrder("A-1", status, kNoon - minutes{std::string(status).size()});
    ASSERT_THAT(Save(lease, {Incoming(set_back)})->ask_again, SizeIs(1));
    ASSERT_EQ(Save(lease, {Incoming(set_back)}, std::nullopt, true)->set_back, 1);
    database_->NewSession()->Execute("UPDATE orders SET ask_older_from = 0");
    ASSERT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Accepted", kNoon - seconds{std::string(status).size()}))})->older,
              0);
  }
  EXPECT_EQ(older_asks(), "3");

  ASSERT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{1}))})->changed, 1);

  EXPECT_EQ(older_asks(), "0");
}

TEST_F(OrderStoreConformance, AnAnswerAskedForBeforeTheStoredVersionUnderTheSameStampIsAskedForAgain) {
  auto lease = Claim();
  auto stale = lease;
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "Shipped"))}), Succeeds());

  const auto saved = Save(stale, {Incoming(AnOrder("A-1"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_THAT(saved->ask_again, ElementsAre(OrderId{"A-1"}));
}

TEST_F(OrderStoreConformance, ContentThatGoesBackAndForthUnderOneStampWaitsUntilItHoldsStill) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "Accepted"))}), Succeeds());
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "InPreparation"))}), Succeeds());

  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Accepted"))})->flicker, 1);
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Accepted"))})->flicker, 1);
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Accepted"))})->changed, 1);
}

TEST_F(OrderStoreConformance, ARoundOfThreeContentsUnderOneStampAnnouncesEachOnce) {
  auto lease = Claim();
  int versions = 0;
  for (int round = 0; round < 5; ++round) {
    for (const auto* status : {"Accepted", "InPreparation", "Shipped"}) {
      const auto saved = Save(lease, {Incoming(AnOrder("A-1", status))});
      ASSERT_THAT(saved, Succeeds());
      versions += saved->created + saved->changed;
    }
  }

  EXPECT_EQ(versions, 3);
  for (int read = 0; read < 3; ++read) {
    ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "Accepted"))}), Succeeds());
  }
  EXPECT_THAT(Rows("SELECT status FROM orders WHERE version = 4"), ElementsAre("Accepted")) << "it held still";
}

TEST_F(OrderStoreConformance, APageIsStoredAsAWholeOrNotAtAll) {
  auto lease = Claim();
  auto former = lease;
  former.token -= 1;

  EXPECT_THAT(Save(former, {Incoming(AnOrder("A-1"))}, kNoon), FailsWith(ErrorCode::kConflict));

  EXPECT_THAT(Rows("SELECT order_key FROM orders"), IsEmpty());
  EXPECT_THAT(Rows("SELECT type FROM outbox_row"), IsEmpty());
}

TEST_F(OrderStoreConformance, AnAccountIsLeasedToOnePollerAtATime) {
  Claim();

  EXPECT_THAT(RunTask(io_, store_.ClaimDue(10, minutes{1}))->leases, IsEmpty());
}

TEST_F(OrderStoreConformance, NoProcessClaimsWhatItIsWorkingOnEvenWhenItsLeaseHasRunOut) {
  const auto mine = RunTask(io_, store_.ClaimDue(10, std::chrono::milliseconds{0}))->leases;
  ASSERT_THAT(mine, SizeIs(1));

  const auto again = RunTask(io_, store_.ClaimDue(10, minutes{1}, {mine[0].who.account}));

  ASSERT_THAT(again, Succeeds());
  EXPECT_THAT(again->leases, IsEmpty());
  EXPECT_EQ(again->next_in, std::nullopt) << "else it would be looked for without a pause";
}

TEST_F(OrderStoreConformance, ALeaseThatIsRenewedIsNotTakenByAnotherProcess) {
  const auto mine = RunTask(io_, store_.ClaimDue(10, std::chrono::milliseconds{0}))->leases;
  SqlOrderStore other{*database_, outbox_, box_, "poller-2"};

  const auto held = RunTask(io_, store_.RenewLeases(mine, minutes{1}));

  ASSERT_THAT(held, Succeeds());
  EXPECT_THAT(*held, ElementsAre(AccountId{"account-1"}));
  EXPECT_THAT(RunTask(io_, other.ClaimDue(10, minutes{1}))->leases, IsEmpty());
}

TEST_F(OrderStoreConformance, ALeaseThatWasTakenDisabledOrChangedIsNotRenewed) {
  const auto taken = RunTask(io_, store_.ClaimDue(10, std::chrono::milliseconds{0}))->leases;
  SqlOrderStore other{*database_, outbox_, box_, "poller-2"};
  const auto theirs = RunTask(io_, other.ClaimDue(10, minutes{1}))->leases;
  ASSERT_THAT(theirs, SizeIs(1));
  EXPECT_THAT(*RunTask(io_, store_.RenewLeases(taken, minutes{1})), IsEmpty());
  EXPECT_THAT(*RunTask(io_, other.RenewLeases(theirs, minutes{1})), SizeIs(1));

  Announce(2, false);
  EXPECT_THAT(*RunTask(io_, other.RenewLeases(theirs, minutes{1})), IsEmpty());
  Announce(3, true, 2);
  EXPECT_THAT(*RunTask(io_, other.RenewLeases(theirs, minutes{1})), IsEmpty());
}

TEST_F(OrderStoreConformance, AClaimLooksAtDueAccountsOnly) {
  const auto session = database_->NewSession();
  const bool postgres = place_.engine() == store::Engine::kPostgres;
  if (postgres) session->Execute("SET enable_seqscan = off");  // a scan is cheaper while there is one account
  const auto plan = [&](const std::string& sql, const std::vector<store::Param>& params) {
    std::string text;
    for (const auto& step : session->Query((postgres ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + sql, params)) {
      text += step.Text(postgres ? 0 : 3) + "\n";
    }
    return text;
  };

  const auto due = plan(SelectDue(place_.engine()), {0, 0, 0, "[]", 10});
  const auto next = plan(SelectNextDue(place_.engine()), {0, 0, "[]"});

  EXPECT_THAT(due, HasSubstr(postgres ? "Index Cond: (next_poll_at <=" : "USING INDEX account_due (next_poll_at<?)"));
  EXPECT_THAT(due, Not(HasSubstr("B-TREE FOR ORDER BY"))) << due;
  EXPECT_THAT(next, HasSubstr("account_due")) << "in the index's order, to the first that is free";
}

TEST_F(OrderStoreConformance, AClockThatRanAheadAndWasSetBackIsLookedForOnlyWhenAskedTo) {
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {.next_poll_in = minutes{5}})), Succeeds());
  database_->NewSession()->Execute("UPDATE account SET next_poll_at = next_poll_at + 3600000000");

  EXPECT_THAT(RunTask(io_, store_.ClaimDue(10, minutes{1}, {}, false))->leases, IsEmpty());
  EXPECT_THAT(RunTask(io_, store_.ClaimDue(10, minutes{1}, {}, true))->leases, SizeIs(1));
}

TEST_F(OrderStoreConformance, AClockThatRanAheadAndWasSetBackHoldsUpNoPoll) {
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {.next_poll_in = minutes{5}})), Succeeds());
  EXPECT_THAT(RunTask(io_, store_.ClaimDue(10, minutes{1}))->leases, IsEmpty()) << "five minutes are legal";

  database_->NewSession()->Execute("UPDATE account SET next_poll_at = next_poll_at + 3600000000");

  EXPECT_THAT(RunTask(io_, store_.ClaimDue(10, minutes{1}))->leases, SizeIs(1));
}

TEST_F(OrderStoreConformance, AClockThatRanAheadAndWasSetBackHoldsNoLease) {
  Claim();
  SqlOrderStore other{*database_, outbox_, box_, "poller-2"};
  EXPECT_THAT(RunTask(io_, other.ClaimDue(10, minutes{1}))->leases, IsEmpty());

  database_->NewSession()->Execute("UPDATE account SET lease_until = lease_until + 3600000000");

  EXPECT_THAT(RunTask(io_, other.ClaimDue(10, minutes{1}))->leases, SizeIs(1));
}

TEST_F(OrderStoreConformance, NoWaitIsLongerThanTheLongestWhoeverNamedIt) {
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {.next_poll_in = std::chrono::hours{24 * 365}})), Succeeds());

  const auto due = RunTask(io_, store_.ClaimDue(10, minutes{1}));

  ASSERT_TRUE(due->next_in);
  EXPECT_LE(*due->next_in, kLongestPollWait);
}

TEST_F(OrderStoreConformance, AFormerOwnerWritesNothingAfterItsLeaseWasTaken) {
  auto former = RunTask(io_, store_.ClaimDue(1, std::chrono::milliseconds{0}))->leases;
  SqlOrderStore other{*database_, outbox_, box_, "poller-2"};
  const auto taken = RunTask(io_, other.ClaimDue(1, minutes{1}));
  ASSERT_THAT(taken->leases, SizeIs(1));

  EXPECT_THAT(Save(former.at(0), {Incoming(AnOrder("A-1"))}), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(RunTask(io_, store_.FinishPoll(former.at(0), {})), FailsWith(ErrorCode::kConflict));
}

TEST_F(OrderStoreConformance, AfterACrashALeaseIsFreeAtOnceWhereNobodyElseCanHoldIt) {
  auto dead = Claim();

  FreeLeasesOfTheDead(*database_);

  const auto due = RunTask(io_, store_.ClaimDue(10, minutes{1}));
  EXPECT_THAT(due->leases, SizeIs(place_.engine() == store::Engine::kSqlite ? 1 : 0));
  if (place_.engine() == store::Engine::kSqlite) {
    EXPECT_THAT(Save(dead, {Incoming(AnOrder("A-1"))}), FailsWith(ErrorCode::kConflict));
  }
}

TEST_F(OrderStoreConformance, ADisabledAccountIsNotPolledAndARunningPollWritesNothing) {
  auto lease = Claim();
  Announce(2, false);

  EXPECT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(RunTask(io_, store_.ClaimDue(10, minutes{1}))->leases, IsEmpty());
}

TEST_F(OrderStoreConformance, WhatWasBegunUnderAnOlderGenerationIsVoid) {
  auto lease = Claim();
  Announce(2, true, 2);

  EXPECT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(Claim().generation, 2);
}

TEST_F(OrderStoreConformance, AnOlderAnnouncementOfAnAccountChangesNothing) {
  Announce(5, true);
  Announce(4, false);

  Claim();
}

TEST_F(OrderStoreConformance, APositionMovesOnlyFromWhereItStands) {
  const ConsumerStep wrong{"cdiscount.accounts.v1", 0, 99, 100};

  EXPECT_THAT(RunTask(io_, accounts_.ApplyAccount(std::nullopt, wrong)), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(*RunTask(io_, accounts_.Position("cdiscount.accounts.v1", 0)), position_);
}

TEST_F(OrderStoreConformance, TheNextPollIsDueWhenThePollSaysSo) {
  const auto lease = Claim();
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(lease, {.next_poll_in = minutes{5}})), Succeeds());

  const auto due = RunTask(io_, store_.ClaimDue(10, minutes{1}));

  EXPECT_THAT(due->leases, IsEmpty());
  ASSERT_TRUE(due->next_in);
  EXPECT_LE(*due->next_in, minutes{5});
  EXPECT_GT(*due->next_in, minutes{4});
}

TEST_F(OrderStoreConformance, APollThatWasInterruptedIsDueAtOnceAndCountsNeitherWay) {
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {.error = "no answer"})), Succeeds());
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {.interrupted = true})), Succeeds());

  EXPECT_EQ(Claim().failures_in_a_row, 1);
}

TEST_F(OrderStoreConformance, FailuresAreCountedUntilAPollGoesWell) {
  for (int i = 0; i < 2; ++i) {
    const auto lease = Claim();
    EXPECT_EQ(lease.failures_in_a_row, i);
    ASSERT_THAT(RunTask(io_, store_.FinishPoll(lease, {.error = "no answer"})), Succeeds());
  }
  EXPECT_THAT(Rows("SELECT last_error FROM account"), ElementsAre("no answer"));
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {})), Succeeds());

  EXPECT_EQ(Claim().failures_in_a_row, 0);
}

TEST_F(OrderStoreConformance, WhatCannotBeReadIsKeptEncryptedUntilItCanBeRead) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.order_id = "A-1", .reason = "cut", .raw = "{\"Claire Martin\"", .window_min = kNoon});
  ASSERT_THAT(RunTask(io_, store_.SavePage(lease, page)), Succeeds());
  const auto sealed = Rows("SELECT sealed FROM unreadable_order");
  ASSERT_THAT(sealed, SizeIs(1));
  EXPECT_EQ(sealed[0].find("Claire"), std::string::npos);
  EXPECT_EQ(*box_.Open(sealed[0], "order-ingest/unreadable/account-1/A-1"), "{\"Claire Martin\"");

  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), Succeeds());

  EXPECT_THAT(Rows("SELECT id FROM unreadable_order"), IsEmpty());
}

TEST_F(OrderStoreConformance, WhatHasNoIdIsSettledByAPollThatReadItsWindowWithoutMeetingIt) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.reason = "cut", .raw = "{", .window_min = kNoon});
  ASSERT_THAT(RunTask(io_, store_.SavePage(lease, page)), Succeeds());
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(lease, {.read_from = kNoon})), Succeeds());
  EXPECT_THAT(Rows("SELECT id FROM unreadable_order"), SizeIs(1)) << "it was met in this very poll";

  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {.read_from = kNoon + seconds{1}})), Succeeds());
  EXPECT_THAT(Rows("SELECT id FROM unreadable_order"), SizeIs(1)) << "its window was not read";

  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {.read_from = kNoon})), Succeeds());
  EXPECT_THAT(Rows("SELECT id FROM unreadable_order"), IsEmpty());
}

// SavePage and FinishPoll take the same rows; in another order they would wait for each other.
TEST_F(OrderStoreConformance, TheEndOfAPollLocksNothingBeforeItsAccount) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.reason = "cut", .raw = "{", .window_min = kNoon});
  ASSERT_THAT(RunTask(io_, store_.SavePage(lease, page)), Succeeds());
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(lease, {})), Succeeds());
  lease = Claim();
  const auto session = database_->NewSession();
  const auto watch = database_->NewSession();
  store::Transaction saving(*session);
  saving.Execute("UPDATE account SET write_counter = write_counter + 1");

  auto finished = std::async(std::launch::async, [&] {
    boost::asio::io_context io{1};
    return RunTask(io, store_.FinishPoll(lease, {.read_from = kNoon}));
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

TEST_F(OrderStoreConformance, AnOrderTooLargeForAnEventIsSetAsideWithItsTextAndTheOthersGoOn) {
  auto fields = FieldsOf("A-1");
  fields.lines[0].title = std::string(70 * 1024, 'x');
  auto lease = Claim();
  auto too_large = Incoming(*Order::Create(fields));
  too_large.raw = Pii{R"({"orderId":"A-1"})"};

  const auto saved = Save(lease, {too_large, Incoming(AnOrder("A-2"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->created, 1);
  EXPECT_THAT(Rows("SELECT id FROM unreadable_order"), ElementsAre("A-1"));
  EXPECT_THAT(Rows("SELECT order_id FROM orders"), ElementsAre("A-2"));
  const auto sealed = Rows("SELECT sealed FROM unreadable_order").at(0);
  EXPECT_EQ(*box_.Open(sealed, "order-ingest/unreadable/account-1/A-1"), R"({"orderId":"A-1"})") << "as it came";
}

TEST_F(OrderStoreConformance, AnOrderWhoseIdCannotBeStoredIsSetAsideAndTheOthersGoOn) {
  auto lease = Claim();

  const auto saved = Save(lease, {Incoming(AnOrder("A\xff")), Incoming(AnOrder("A-2"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->created, 1);
  EXPECT_THAT(Rows("SELECT order_id FROM orders"), ElementsAre("A-2"));
  const auto reasons = Rows("SELECT reason FROM unreadable_order ORDER BY reason");
  EXPECT_THAT(reasons, ElementsAre(HasSubstr("cannot be a key")));
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(lease, {.read_from = kNoon})), Succeeds());
  EXPECT_THAT(Rows("SELECT id FROM unreadable_order"), SizeIs(1)) << "met in this very poll";
}

TEST_F(OrderStoreConformance, WhatTheDatabaseRefusesInOneOrderUndoesNothingOfTheOthers) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), Succeeds());
  database_->NewSession()->Execute("UPDATE orders SET payload = 'no order', content_scheme = 0");

  const auto saved = Save(
      lease,
      {Incoming(AnOrder("A-0")), Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{1})), Incoming(AnOrder("A-2"))},
      kNoon);

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->created, 2);
  EXPECT_THAT(Rows("SELECT order_id FROM orders ORDER BY order_id"), ElementsAre("A-0", "A-1", "A-2"));
  EXPECT_THAT(Rows("SELECT id FROM unreadable_order"), ElementsAre("A-1"));
  EXPECT_THAT(Rows("SELECT DISTINCT key FROM outbox_row WHERE key <> 'CDISFR/98979/A-1' ORDER BY key"), SizeIs(2));
}

TEST_F(OrderStoreConformance, AnErrorThatHoldsWhatADatabaseRefusesIsRecordedAllTheSame) {
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {.error = std::string("order A\0 and \xff", 14)})), Succeeds());

  EXPECT_THAT(Rows("SELECT last_error FROM account"), ElementsAre("order A\\u0000 and \\xff"));
}

TEST_F(OrderStoreConformance, SinceWhenAnAccountFailsIsKeptUntilItGoesWell) {
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {.error = "no answer"})), Succeeds());
  const auto since = Rows("SELECT CAST(failing_since AS TEXT) FROM account");
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {.error = "still none"})), Succeeds());
  EXPECT_EQ(Rows("SELECT CAST(failing_since AS TEXT) FROM account"), since);

  ASSERT_THAT(RunTask(io_, store_.FinishPoll(Claim(), {})), Succeeds());

  EXPECT_THAT(Rows("SELECT account_id FROM account WHERE failing_since IS NULL"), SizeIs(1));
}

TEST_F(OrderStoreConformance, TriesToReadWhatWasSetAsideHaveAnEndThatIsRecorded) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.order_id = "A-1", .reason = "cut", .raw = "{", .window_min = kNoon});
  ASSERT_THAT(RunTask(io_, store_.SavePage(lease, page)), Succeeds());
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(lease, {})), Succeeds());
  int tries = 0;
  for (int poll = 0; poll < 60; ++poll) {
    database_->NewSession()->Execute("UPDATE unreadable_order SET next_try_at = 0");
    const auto claimed = Claim();
    tries += static_cast<int>(claimed.ask_again.size());
    ASSERT_THAT(RunTask(io_, store_.FinishPoll(claimed, {})), Succeeds());
  }

  EXPECT_EQ(tries, 49) << "the first sight is a try too";
  EXPECT_THAT(Rows("SELECT id FROM unreadable_order WHERE given_up_at IS NOT NULL"), ElementsAre("A-1"));
  auto last = Claim();
  ASSERT_THAT(Save(last, {Incoming(AnOrder("A-1"))}), Succeeds());
  EXPECT_THAT(Rows("SELECT id FROM unreadable_order"), IsEmpty()) << "a poll that can read it settles it";
}

TEST_F(OrderStoreConformance, MeetingAnUnreadableOrderAgainIsNoTryOfOurs) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.order_id = "A-1", .reason = "cut", .raw = "{", .window_min = kNoon});
  for (int poll = 0; poll < 3; ++poll) ASSERT_THAT(RunTask(io_, store_.SavePage(lease, page)), Succeeds());

  EXPECT_THAT(Rows("SELECT CAST(attempts AS TEXT) FROM unreadable_order"), ElementsAre("1"));
}

TEST_F(OrderStoreConformance, PeopleTooManyForAnEventAreSetAsideAndBlockNobody) {
  Recipients recipients;
  recipients.deliveries.push_back({.address = {.line1 = Pii{std::string(70 * 1024, 'x')}}});
  auto lease = Claim();

  const auto saved = Save(lease, {Incoming(AnOrder("A-1"), recipients), Incoming(AnOrder("A-2"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_THAT(Rows("SELECT id FROM unreadable_order"), ElementsAre("A-1"));
  EXPECT_THAT(Rows("SELECT DISTINCT key FROM outbox_row"), ElementsAre("CDISFR/98979/A-2"));
}

TEST_F(OrderStoreConformance, WhatStaysUnreadableIsAskedForLessAndLessAndTakesNobodysTurn) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.order_id = "A-1", .reason = "cut", .raw = "{", .window_min = kNoon});
  ASSERT_THAT(RunTask(io_, store_.SavePage(lease, page)), Succeeds());
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(lease, {})), Succeeds());
  database_->NewSession()->Execute("UPDATE unreadable_order SET next_try_at = 0");

  const auto first = Claim();
  ASSERT_THAT(RunTask(io_, store_.FinishPoll(first, {})), Succeeds());
  const auto second = Claim();

  EXPECT_THAT(first.ask_again, ElementsAre(OrderId{"A-1"}));
  EXPECT_THAT(second.ask_again, IsEmpty());
  EXPECT_THAT(Rows("SELECT CAST(attempts AS TEXT) FROM unreadable_order"), ElementsAre("2"));
}

TEST_F(OrderStoreConformance, AnOrderHashedInAnOlderFormIsNotAnnouncedAgain) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), Succeeds());
  database_->NewSession()->Execute("UPDATE orders SET content_scheme = 0, content_hash = 'of another form'");

  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1"))})->unchanged, 1);
  EXPECT_EQ(Rows("SELECT content_hash FROM orders").at(0), Fingerprints::ContentHash(AnOrder("A-1")));
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{1}))})->changed, 1);
}

TEST_F(OrderStoreConformance, AnAccountThatIsMadeAnewReadsOnWhereTheOldOneWrote) {
  auto old = Claim();
  for (int write = 0; write < 5; ++write) ASSERT_THAT(Save(old, {Incoming(AnOrder("B-1"))}), Succeeds());
  ASSERT_EQ(Save(old, {Incoming(AnOrder("A-1"))})->created, 1);
  // auth lost its database: the same seller comes back as another account.
  Announce(1, true, 1, "account-2");
  auto anew = Claim();
  ASSERT_EQ(anew.who.account.value(), "account-2");
  ASSERT_LT(anew.write_counter, old.write_counter);

  const auto saved = Save(anew, {Incoming(AnOrder("A-1", "Shipped"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_THAT(saved->ask_again, IsEmpty()) << "each account counts its own writes";
  EXPECT_EQ(saved->changed, 1);
}

TEST_F(OrderStoreConformance, TheRelayReadsTheRecipientsAndAnErasedOneIsGone) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}), Succeeds());
  const auto session = database_->NewSession();
  const auto message = ReadRecipients(*session, box_, "CDISFR/98979/A-1").value();
  ASSERT_TRUE(message);
  events::v1::OrderRecipients recipients;
  ASSERT_TRUE(recipients.ParseFromString(*message));
  EXPECT_EQ(recipients.recipients(0).delivery_address().last_name(), "Martin");

  session->Execute("DELETE FROM order_recipients");

  EXPECT_EQ(ReadRecipients(*session, box_, "CDISFR/98979/A-1").value(), std::nullopt);
}

TEST_F(OrderStoreConformance, RecipientsThatCannotBeOpenedWaitAndBecomeNoTombstone) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}), Succeeds());
  const cdiscount::fakes::KeyFile other_key;
  const auto other_box = *crypto::SealedBox::Load(other_key.path());

  EXPECT_THAT(ReadRecipients(*database_->NewSession(), other_box, "CDISFR/98979/A-1"),
              FailsWith(ErrorCode::kUnreadable));
}

TEST_F(OrderStoreConformance, TheFingerprintKeyIsMadeOnceAndKept) {
  const auto order = AnOrder("A-1");
  const auto first = Fingerprints::Load(*database_, box_);
  const auto second = Fingerprints::Load(*database_, box_);

  ASSERT_THAT(first, Succeeds());
  EXPECT_EQ(first->Of(order, ToClaire()), second->Of(order, ToClaire()));
  EXPECT_NE(first->Of(order, ToClaire()), fingerprints_.Of(order, ToClaire()));
}

}  // namespace
}  // namespace cdiscount::order_ingest
