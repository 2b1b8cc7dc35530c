#include "marketplace/recipients.hpp"

#include <gmock/gmock.h>

#include "core/testing/result_matchers.hpp"
#include "marketplace/testing/opened.hpp"

namespace cdiscount::marketplace {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Secret kKey{"a key"};

events::v1::OrderRecipients People() {
  events::v1::OrderRecipients people;
  people.mutable_billing_address()->set_last_name("Martin");
  auto& home = *people.add_recipients();
  home.add_order_line_ids("2");
  home.mutable_delivery_address()->set_city("Bordeaux");
  auto& shop = *people.add_recipients();
  shop.add_order_line_ids("3");
  shop.add_order_line_ids("1");
  shop.mutable_pickup_point()->set_id("012345");
  return people;
}

class RecipientsTest : public ::testing::Test {
 protected:
  fakes::KeyFile key_;
  crypto::SealedBox box_ = crypto::SealedBox::Load(key_.path()).value();
  orders::v1::Order order_;
};

TEST_F(RecipientsTest, WithoutPeopleHaveNoDigest) {
  EXPECT_TRUE(Recipients().empty());
  EXPECT_EQ(Recipients().Digest(kKey), "");
}

TEST_F(RecipientsTest, HaveADigestThatTellsEveryChangeAndNeedsTheKey) {
  const auto digest = Recipients(People()).Digest(kKey);
  auto moved = People();
  moved.mutable_recipients(0)->mutable_delivery_address()->set_city("Lyon");

  EXPECT_EQ(digest.size(), 64U);
  EXPECT_NE(Recipients(moved).Digest(kKey), digest);
  EXPECT_NE(Recipients(People()).Digest(Secret{"another"}), digest);
}

TEST_F(RecipientsTest, AreTheSameInAnotherOrder) {
  auto turned = People();
  turned.mutable_recipients()->SwapElements(0, 1);
  turned.mutable_recipients(0)->mutable_order_line_ids()->SwapElements(0, 1);

  EXPECT_EQ(Recipients(turned).Digest(kKey), Recipients(People()).Digest(kKey));
}

TEST_F(RecipientsTest, AreTheSameWithAFieldThatANewerProgramAdded) {
  const std::string field_1000_is_1 = "\xc0\x3e\x01";
  const auto sealed = box_.Seal(People().SerializeAsString() + field_1000_is_1, "row");

  const auto unsealed = Recipients::Unseal(box_, "row", sealed);

  ASSERT_THAT(unsealed, Succeeds());
  EXPECT_EQ(unsealed->Digest(kKey), Recipients(People()).Digest(kKey));
}

TEST_F(RecipientsTest, ArePublishedAsTheRecordOfTheirOrderAndVersion) {
  order_.set_sales_channel_id("CDISFR");
  order_.set_seller_id("98979");
  order_.set_order_id("A-1");

  const auto sealed = Recipients(People()).Seal(box_, "row", order_, 7, 1000);

  ASSERT_THAT(sealed, Succeeds());
  EXPECT_THAT(*sealed, Not(HasSubstr("Martin")));
  events::v1::OrderRecipients record;
  ASSERT_TRUE(record.ParseFromString(Recipients::ToPublish(box_, "row", *sealed).value()));
  EXPECT_EQ(record.sales_channel_id() + record.seller_id() + record.order_id(), "CDISFR98979A-1");
  EXPECT_EQ(record.version(), 7);
  EXPECT_EQ(record.billing_address().last_name(), "Martin");
  EXPECT_THAT(record.recipients(0).order_line_ids(), ElementsAre("1", "3"));
}

TEST_F(RecipientsTest, ThatWereSealedAreComparedWithThoseThatAreRead) {
  const auto sealed = Recipients(People()).Seal(box_, "row", order_, 7, 1000).value();

  EXPECT_EQ(Recipients::Unseal(box_, "row", sealed)->Digest(kKey), Recipients(People()).Digest(kKey));
  EXPECT_THAT(Recipients::Unseal(box_, "another row", sealed), FailsWith(ErrorCode::kUnreadable));
}

TEST_F(RecipientsTest, AreNotSealedWhenKafkaWouldRefuseThem) {
  EXPECT_THAT(Recipients(People()).Seal(box_, "row", order_, 7, 10), FailsWith(ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace cdiscount::marketplace
