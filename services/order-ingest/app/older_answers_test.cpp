// Answers whose stamps or contents go back and forth.
#include "app/save_page.hpp"

#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::Incoming;
using fakes::kNoon;
using fakes::Succeeds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using OlderAnswersTest = fakes::OneAccountTest;

TEST_F(OlderAnswersTest, AnOlderAnswerIsDroppedAndItsOrderAskedForAloneOnceInAWhile) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{5}))}), Succeeds());

  const auto saved = Save(lease, {Incoming(AnOrder("A-1"))});
  const auto again = Save(lease, {Incoming(AnOrder("A-1"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->older, 1);
  EXPECT_THAT(saved->ask_again, ElementsAre(OrderId{"A-1"}));
  EXPECT_EQ(again->older, 1);
  EXPECT_THAT(again->ask_again, IsEmpty());
  EXPECT_THAT(Texts("SELECT status FROM orders"), ElementsAre("shipped"));

  Execute("UPDATE orders SET ask_older_from = 0");
  EXPECT_THAT(Save(lease, {Incoming(AnOrder("A-1"))})->ask_again, ElementsAre(OrderId{"A-1"}));
}

TEST_F(OlderAnswersTest, AStampThatTheMarketplaceSetBackIsTheNextVersionWhenTheOrderWasAskedForAlone) {
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
  EXPECT_THAT(Texts("SELECT type FROM outbox_row WHERE version = 2 ORDER BY ordinal"),
              ElementsAre("com.cdiscount-connect.order.ready_to_ship.v1"));
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon - minutes{4}))})->changed, 1)
      << "compared with the stamp that was set back";
}

TEST_F(OlderAnswersTest, TwoReplicasOfTheMarketplaceThatDisagreeEndInAFewVersions) {
  auto lease = Claim();
  const auto of_one = AnOrder("A-1", "Accepted", kNoon - minutes{5});
  const auto of_the_other = AnOrder("A-1", "InPreparation", kNoon);
  int versions = 0;

  for (int poll = 0; poll < 20; ++poll) {
    const auto newer = Save(lease, {Incoming(of_the_other)});
    const auto older = Save(lease, {Incoming(of_one)});
    versions += newer->created + newer->changed + older->changed;
    if (!older->ask_again.empty()) versions += Save(lease, {Incoming(of_one)}, std::nullopt, true)->changed;
    Execute("UPDATE orders SET ask_older_from = 0");  // its pause is over
  }

  EXPECT_EQ(versions, 2);
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "InPreparation", kNoon + seconds{1}))})->changed, 1)
      << "a stamp newer than any seen is believed at once";
}

TEST_F(OlderAnswersTest, ThePauseOfOlderAnswersGrowsUntilAStampIsNewerThanAnySeen) {
  auto lease = Claim();
  const auto older_asks = [&] { return Number("SELECT older_asks FROM orders"); };
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "InPreparation", kNoon))}), Succeeds());
  for (const auto* status : {"Accepted", "Shipped", "Delivered"}) {  // each set back further, and asked for alone
    const auto set_back = AnOrder("A-1", status, kNoon - minutes{std::string(status).size()});
    ASSERT_THAT(Save(lease, {Incoming(set_back)})->ask_again, SizeIs(1));
    ASSERT_EQ(Save(lease, {Incoming(set_back)}, std::nullopt, true)->set_back, 1);
    Execute("UPDATE orders SET ask_older_from = 0");
    ASSERT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Accepted", kNoon - seconds{std::string(status).size()}))})->older,
              0);
  }
  EXPECT_EQ(older_asks(), 3);

  ASSERT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{1}))})->changed, 1);

  EXPECT_EQ(older_asks(), 0);
}

TEST_F(OlderAnswersTest, AnAnswerAskedForBeforeTheStoredVersionUnderTheSameStampIsAskedForAgain) {
  auto lease = Claim();
  auto stale = lease;
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "Shipped"))}), Succeeds());

  const auto saved = Save(stale, {Incoming(AnOrder("A-1"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_THAT(saved->ask_again, ElementsAre(OrderId{"A-1"}));
}

TEST_F(OlderAnswersTest, ContentThatGoesBackAndForthUnderOneStampWaitsUntilItHoldsStill) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "Accepted"))}), Succeeds());
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1", "InPreparation"))}), Succeeds());

  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Accepted"))})->flicker, 1);
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Accepted"))})->flicker, 1);
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Accepted"))})->changed, 1);
}

TEST_F(OlderAnswersTest, ARoundOfThreeContentsUnderOneStampAnnouncesEachOnce) {
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
  EXPECT_THAT(Texts("SELECT status FROM orders WHERE version = 4"), ElementsAre("accepted")) << "it held still";
}

TEST_F(OlderAnswersTest, AnAccountThatIsMadeAnewReadsOnWhereTheOldOneWrote) {
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

}  // namespace
}  // namespace cdiscount::order_ingest
