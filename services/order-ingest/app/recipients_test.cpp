// The people of an order: what the relay reads, and their fingerprint.
#include "app/fingerprints.hpp"

#include "app/order_events.hpp"
#include "cdiscount/events/v1/order_recipients.pb.h"
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::AnOrder;
using fakes::FailsWith;
using fakes::Incoming;
using fakes::Succeeds;
using fakes::ToClaire;

using RecipientsTest = fakes::OneAccountTest;

TEST_F(RecipientsTest, TheRelayReadsTheRecipientsAndAnErasedOneIsGone) {
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

TEST_F(RecipientsTest, RecipientsThatCannotBeOpenedWaitAndBecomeNoTombstone) {
  auto lease = Claim();
  ASSERT_THAT(Save(lease, {Incoming(AnOrder("A-1"), ToClaire())}), Succeeds());
  const cdiscount::fakes::KeyFile other_key;
  const auto other_box = *crypto::SealedBox::Load(other_key.path());

  EXPECT_THAT(ReadRecipients(*database_->NewSession(), other_box, "CDISFR/98979/A-1"),
              FailsWith(ErrorCode::kUnreadable));
}

TEST_F(RecipientsTest, TheFingerprintKeyIsMadeOnceAndKept) {
  const auto order = AnOrder("A-1").SerializeAsString();
  const marketplace::Recipients people(ToClaire());
  const auto first = Fingerprints::Load(*database_, box_);
  const auto second = Fingerprints::Load(*database_, box_);

  ASSERT_THAT(first, Succeeds());
  EXPECT_EQ(first->Of(order, people), second->Of(order, people));
  EXPECT_NE(first->Of(order, people), fingerprints_.Of(order, people));
}

}  // namespace
}  // namespace cdiscount::order_ingest
