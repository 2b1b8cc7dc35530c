// Orders that are set aside, and how they come back.
#include "app/save_page.hpp"

#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::Incoming;
using fakes::kNoon;
using fakes::Succeeds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using UnreadableOrdersTest = fakes::OneAccountTest;

TEST_F(UnreadableOrdersTest, WhatCannotBeReadIsKeptEncryptedUntilItCanBeRead) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.order_id = "A-1", .reason = "cut", .raw = "{\"Claire Martin\"", .window_min = kNoon});
  ASSERT_THAT(SaveAll(lease, page), Succeeds());
  const auto sealed = Texts("SELECT sealed FROM unreadable_order");
  ASSERT_THAT(sealed, SizeIs(1));
  EXPECT_EQ(sealed[0].find("Claire"), std::string::npos);
  EXPECT_EQ(*box_.Open(sealed[0], "order-ingest/unreadable/account-1/A-1"), "{\"Claire Martin\"");

  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), Succeeds());

  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), IsEmpty());
}

TEST_F(UnreadableOrdersTest, WhatHasNoIdIsSettledByAPollThatReadItsWindowWithoutMeetingIt) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.reason = "cut", .raw = "{", .window_min = kNoon});
  ASSERT_THAT(SaveAll(lease, page), Succeeds());
  ASSERT_THAT(End(lease, {.read_from = kNoon}), Succeeds());
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), SizeIs(1)) << "it was met in this very poll";

  ASSERT_THAT(End(Claim(), {.read_from = kNoon + seconds{1}}), Succeeds());
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), SizeIs(1)) << "its window was not read";

  ASSERT_THAT(End(Claim(), {.read_from = kNoon}), Succeeds());
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), IsEmpty());
}

TEST_F(UnreadableOrdersTest, AnOrderTooLargeForAnEventIsSetAsideWithItsTextAndTheOthersGoOn) {
  auto order = AnOrder("A-1");
  order.mutable_lines(0)->set_title(std::string(71'680, 'x'));
  auto lease = Claim();
  auto too_large = Incoming(std::move(order));
  too_large.raw = Pii{R"({"orderId":"A-1"})"};

  const auto saved = Save(lease, {too_large, Incoming(AnOrder("A-2"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->created, 1);
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), ElementsAre("A-1"));
  EXPECT_THAT(Texts("SELECT order_id FROM orders"), ElementsAre("A-2"));
  const auto sealed = Texts("SELECT sealed FROM unreadable_order").at(0);
  EXPECT_EQ(*box_.Open(sealed, "order-ingest/unreadable/account-1/A-1"), R"({"orderId":"A-1"})") << "as it came";
}

TEST_F(UnreadableOrdersTest, AnOrderWhoseIdCannotBeStoredIsSetAsideAndTheOthersGoOn) {
  auto lease = Claim();

  const auto saved = Save(lease, {Incoming(AnOrder("A\xff")), Incoming(AnOrder("A-2"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->created, 1);
  EXPECT_THAT(Texts("SELECT order_id FROM orders"), ElementsAre("A-2"));
  const auto reasons = Texts("SELECT reason FROM unreadable_order ORDER BY reason");
  EXPECT_THAT(reasons, ElementsAre(HasSubstr("cannot be a key")));
  ASSERT_THAT(End(lease, {.read_from = kNoon}), Succeeds());
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), SizeIs(1)) << "met in this very poll";
}

TEST_F(UnreadableOrdersTest, WhatTheDatabaseRefusesInOneOrderUndoesNothingOfTheOthers) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), Succeeds());
  database_->NewSession()->Execute("UPDATE orders SET payload = :payload, content_scheme = 0",
                                   {{"payload", store::Bytes{"no order"}}});

  const auto saved = Save(
      lease,
      {Incoming(AnOrder("A-0")), Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{1})), Incoming(AnOrder("A-2"))},
      kNoon);

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->created, 2);
  EXPECT_THAT(Texts("SELECT order_id FROM orders ORDER BY order_id"), ElementsAre("A-0", "A-1", "A-2"));
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), ElementsAre("A-1"));
  EXPECT_THAT(Texts("SELECT DISTINCT key FROM outbox_row WHERE key <> 'CDISFR/98979/A-1' ORDER BY key"), SizeIs(2));
}

TEST_F(UnreadableOrdersTest, TriesToReadWhatWasSetAsideHaveAnEndThatIsRecorded) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.order_id = "A-1", .reason = "cut", .raw = "{", .window_min = kNoon});
  ASSERT_THAT(SaveAll(lease, page), Succeeds());
  ASSERT_THAT(End(lease, {}), Succeeds());
  int tries = 0;
  for (int poll = 0; poll < 60; ++poll) {
    Execute("UPDATE unreadable_order SET next_try_at = 0");
    const auto claimed = Claim();
    tries += static_cast<int>(claimed.ask_again.size());
    ASSERT_THAT(End(claimed, {}), Succeeds());
  }

  EXPECT_EQ(tries, 49) << "the first sight is a try too";
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order WHERE given_up_at IS NOT NULL"), ElementsAre("A-1"));
  auto last = Claim();
  ASSERT_THAT(Save(last, {Incoming(AnOrder("A-1"))}), Succeeds());
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), IsEmpty()) << "a poll that can read it settles it";
}

TEST_F(UnreadableOrdersTest, MeetingAnUnreadableOrderAgainIsNoTryOfOurs) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.order_id = "A-1", .reason = "cut", .raw = "{", .window_min = kNoon});
  for (int poll = 0; poll < 3; ++poll) ASSERT_THAT(SaveAll(lease, page), Succeeds());

  EXPECT_EQ(Number("SELECT attempts FROM unreadable_order"), 1);
}

TEST_F(UnreadableOrdersTest, PeopleTooManyForAnEventAreSetAsideAndBlockNoOtherOrder) {
  events::v1::OrderRecipients recipients;
  recipients.add_recipients()->mutable_delivery_address()->set_address_line1(std::string(71'680, 'x'));
  auto lease = Claim();

  const auto saved = Save(lease, {Incoming(AnOrder("A-1"), recipients), Incoming(AnOrder("A-2"))});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_THAT(Texts("SELECT id FROM unreadable_order"), ElementsAre("A-1"));
  EXPECT_THAT(Texts("SELECT DISTINCT key FROM outbox_row"), ElementsAre("CDISFR/98979/A-2"));
}

TEST_F(UnreadableOrdersTest, AnOrderThatStaysUnreadableIsAskedForLessAndLessOften) {
  auto lease = Claim();
  PageToSave page;
  page.unreadable.push_back({.order_id = "A-1", .reason = "cut", .raw = "{", .window_min = kNoon});
  ASSERT_THAT(SaveAll(lease, page), Succeeds());
  ASSERT_THAT(End(lease, {}), Succeeds());
  Execute("UPDATE unreadable_order SET next_try_at = 0");

  const auto first = Claim();
  ASSERT_THAT(End(first, {}), Succeeds());
  const auto second = Claim();

  EXPECT_THAT(first.ask_again, ElementsAre(OrderId{"A-1"}));
  EXPECT_THAT(second.ask_again, IsEmpty());
  EXPECT_EQ(Number("SELECT attempts FROM unreadable_order"), 2);
}

}  // namespace
}  // namespace cdiscount::order_ingest
