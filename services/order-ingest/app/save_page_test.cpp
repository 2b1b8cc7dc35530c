// A page in its transaction: versions, events and cursor.
#include "app/save_page.hpp"

#include "cdiscount/events/v1/order_event.pb.h"
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::FailsWith;
using fakes::kNoon;
using fakes::Succeeds;
using fakes::ToClaire;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SavePageTest : public fakes::IngestTest {
 protected:
  SavePageTest() { Announce(1, true); }
};

TEST_F(SavePageTest, ANewOrderIsStoredWithItsEventsAndTheCursorInOneTransaction) {
  auto lease = Claim();

  const auto saved = Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}, kNoon);

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->created, 1);
  EXPECT_THAT(Texts("SELECT type FROM outbox_row ORDER BY ordinal"),
              ElementsAre("com.cdiscount-connect.order.received.v1", "com.cdiscount-connect.order.state.v1",
                          "com.cdiscount-connect.order.recipients.v1"));
  ASSERT_THAT(End(lease, {}), Succeeds());
  EXPECT_EQ(Claim().cursor, kNoon);
}

TEST_F(SavePageTest, TheEventHoldsTheOrderAndNobodysName) {
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
  EXPECT_THAT(Texts("SELECT type FROM outbox_row"), SizeIs(2));
}

TEST_F(SavePageTest, AChangeIsTheNextVersionAndTheRecipientsGoOutOnlyWhenTheyChanged) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}), Succeeds());

  const auto saved = Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{5}), ToClaire())});

  ASSERT_THAT(saved, Succeeds());
  EXPECT_EQ(saved->changed, 1);
  EXPECT_THAT(Texts("SELECT type FROM outbox_row WHERE version = 2 ORDER BY ordinal"),
              ElementsAre("com.cdiscount-connect.order.shipped.v1", "com.cdiscount-connect.order.state.v1"));
}

TEST_F(SavePageTest, APageIsStoredAsAWholeOrNotAtAll) {
  auto lease = Claim();
  auto former = lease;
  former.token -= 1;

  EXPECT_THAT(Save(former, {Incoming(AnOrder("A-1"))}, kNoon), FailsWith(ErrorCode::kConflict));

  EXPECT_THAT(Texts("SELECT order_key FROM orders"), IsEmpty());
  EXPECT_THAT(Texts("SELECT type FROM outbox_row"), IsEmpty());
}

TEST_F(SavePageTest, AnOrderHashedInAnOlderFormIsNotAnnouncedAgain) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"))}), Succeeds());
  Execute("UPDATE orders SET content_scheme = 0, content_hash = 'of another form'");

  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1"))})->unchanged, 1);
  EXPECT_EQ(Texts("SELECT content_hash FROM orders").at(0), Fingerprints::ContentHash(AnOrder("A-1")));
  EXPECT_EQ(Save(lease, {Incoming(AnOrder("A-1", "Shipped", kNoon + seconds{1}))})->changed, 1);
}

}  // namespace
}  // namespace cdiscount::order_ingest
