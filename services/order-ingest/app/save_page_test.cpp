// A page in its transaction: versions, events and cursor.
#include "app/save_page.hpp"

#include "cdiscount/events/v1/order_event.pb.h"
#include "marketplace/order_content.hpp"
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::FailsWith;
using fakes::Incoming;
using fakes::kNoon;
using fakes::Succeeds;
using fakes::ToClaire;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using SavePageTest = fakes::OneAccountTest;

TEST_F(SavePageTest, ANewOrderIsStoredWithItsEventsAndTheCursorInOneTransaction) {
  auto lease = Claim();

  const auto saved = Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}, kNoon);

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->created, 1);
  EXPECT_THAT(Texts("SELECT type FROM outbox_row ORDER BY ordinal"),
              ElementsAre("com.cdiscount-connect.order.received.v1", "com.cdiscount-connect.order.recipients.v1"));
  ASSERT_THAT(End(lease, {}), Succeeds());
  EXPECT_EQ(Claim().cursor, kNoon);
}

TEST_F(SavePageTest, TheEventHoldsTheOrderWithoutPersonalData) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}), Succeeds());

  const auto values =
      database_->NewSession()->Query("SELECT value FROM outbox_row WHERE topic = 'cdiscount.order.events.v1'");

  ASSERT_EQ(values.size(), 1U);
  const auto bytes = values[0].Bytes("value");
  events::v1::OrderEvent event;
  ASSERT_TRUE(event.ParseFromString(bytes));
  EXPECT_EQ(event.version(), 1);
  EXPECT_EQ(event.type(), events::v1::ORDER_EVENT_TYPE_RECEIVED);
  EXPECT_EQ(event.order().lines(0).sku(), "SKU-LAMP-01");
  EXPECT_EQ(event.order().lines(0).selling_price().unit_price().minor_units(), 4999);
  EXPECT_EQ(bytes.find("Martin"), std::string::npos);
}

TEST_F(SavePageTest, TheSamePageTwiceAnnouncesNothing) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), Succeeds());

  const auto again = Save(lease, {Incoming(AnOrder("A-1"))});

  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again->unchanged, 1);
  EXPECT_THAT(Texts("SELECT type FROM outbox_row"), SizeIs(1));
}

TEST_F(SavePageTest, AChangeIsTheNextVersionAndTheRecipientsGoOutOnlyWhenTheyChanged) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}), Succeeds());

  const auto saved = Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{5}), ToClaire())});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->changed, 1);
  EXPECT_THAT(Texts("SELECT type FROM outbox_row WHERE version = 2 ORDER BY ordinal"),
              ElementsAre("com.cdiscount-connect.order.shipped.v1"));
}

TEST_F(SavePageTest, APageIsStoredAsAWholeOrNotAtAll) {
  auto lease = Claim();
  auto former = lease;
  former.token -= 1;

  EXPECT_THAT(Save(former, {Incoming(AnOrder("A-1"))}, kNoon), FailsWith(ErrorCode::kConflict));

  EXPECT_THAT(Texts("SELECT order_key FROM orders"), IsEmpty());
  EXPECT_THAT(Texts("SELECT type FROM outbox_row"), IsEmpty());
}

TEST_F(SavePageTest, AnOrderHashedUnderAnOlderSchemeIsNotAnnouncedAgain) {
  const auto incoming = Incoming(AnOrder("A-1"), ToClaire());
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {incoming}), Succeeds());
  Execute("UPDATE orders SET content_scheme = 0, content_hash = 'of another form', recipients_mac = 'of another form'");

  const auto sealed = Texts("SELECT sealed FROM order_recipients").at(0);

  EXPECT_EQ(Save(lease, {incoming})->unchanged, 1);

  EXPECT_NE(Texts("SELECT sealed FROM order_recipients").at(0), sealed) << "with what newer fields say";
  EXPECT_EQ(Number("SELECT version FROM order_recipients"), 1);
  EXPECT_EQ(Texts("SELECT content_hash FROM orders").at(0), incoming.fingerprint.content);
  EXPECT_EQ(Texts("SELECT recipients_mac FROM orders").at(0), incoming.fingerprint.recipients);
  EXPECT_EQ(Number("SELECT content_scheme FROM orders"), marketplace::CurrentScheme());
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{1}), ToClaire())})->changed, 1);
}

TEST_F(SavePageTest, AnOrderOfANewerProgramIsNotAnnouncedAgainByThisOne) {
  const auto incoming = Incoming(AnOrder("A-1"));
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {incoming}), Succeeds());
  const auto stored = database_->NewSession()->Query("SELECT payload FROM orders").at(0).Bytes("payload");
  const std::string field_1000_is_1 = "\xc0\x3e\x01";
  database_->NewSession()->Execute(
      "UPDATE orders SET payload = :payload, content_scheme = :scheme, content_hash = 'of a newer form'",
      {{"payload", store::Bytes{stored + field_1000_is_1}}, {"scheme", marketplace::CurrentScheme() + 1}});

  EXPECT_EQ(Save(lease, {incoming})->unchanged, 1);
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{1}))})->changed, 1);
}

TEST_F(SavePageTest, AChangeIsSeenInAnOrderAndInPeopleOfAnOlderScheme) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"), ToClaire()), Incoming(AnOrder("A-2"), ToClaire())}), Succeeds());
  Execute("UPDATE orders SET content_scheme = 0, content_hash = '', recipients_mac = 'of another form'");
  auto moved = ToClaire();
  moved.mutable_recipients(0)->mutable_delivery_address()->set_city("Lyon");

  const auto saved = Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{1}), ToClaire()),
                                  Incoming(AnOrder("A-2", "InPreparation", kNoon + seconds{1}), moved)});

  EXPECT_EQ(saved->changed, 2);
  EXPECT_THAT(Texts("SELECT key FROM outbox_row WHERE topic = 'cdiscount.order.recipients.v1' AND version = 2"),
              ElementsAre("CDISFR/98979/A-2"));
}

TEST_F(SavePageTest, ErasedPeopleOfAnOlderSchemeAreNotAnnouncedAgain) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}), Succeeds());
  Execute("UPDATE orders SET content_scheme = 0, content_hash = '', recipients_mac = 'of another form'");
  Execute("DELETE FROM order_recipients");

  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1"), ToClaire())})->unchanged, 1);
}

TEST_F(SavePageTest, AnOlderAnswerLeavesTheSchemeOfTheStoredVersion) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), Succeeds());
  Execute("UPDATE orders SET content_scheme = 0, content_hash = ''");

  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Accepted", kNoon - seconds{1}))})->older, 1);

  EXPECT_EQ(Number("SELECT content_scheme FROM orders"), 0);
}

}  // namespace
}  // namespace cdiscount::order_ingest
