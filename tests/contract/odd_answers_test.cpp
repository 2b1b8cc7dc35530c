// Answers that stopped other people's systems: from the body to the order that would be announced.
#include <gmock/gmock.h>

#include "app/order_page.hpp"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "marketplace/rest/orders_json.hpp"
#include "marketplace/testing/fake_api.hpp"
#include "marketplace/testing/opened.hpp"
#include "samples.hpp"

namespace cdiscount::contract {
namespace {

using fakes::Opened;
using fakes::RunTask;
using fakes::Succeeds;
using order_ingest::OrderPage;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OddAnswersTest : public ::testing::Test {
 protected:
  /// The page as order-ingest reads it for seller 98979.
  OrderPage PageFrom(const std::string& body) {
    auto answer = marketplace::rest::ReadOrdersPage(body);
    EXPECT_THAT(answer, Succeeds());
    if (!answer) return {};
    warnings_ = answer->warnings;
    api_.list.ThenReturns(*answer);
    const auto page = RunTask(order_ingest::FetchPage(api_, fingerprints_, seller_, {}));
    EXPECT_THAT(page, Succeeds());
    return page ? *page : OrderPage{};
  }

  SellerRef seller_{AccountId{"account-1"}, SellerId{"98979"}, ChannelId{"CDISFR"}};
  fakes::FakeOrdersApi api_;
  order_ingest::Fingerprints fingerprints_{Secret{"a key"}};
  std::vector<std::string> warnings_;
};

TEST_F(OddAnswersTest, ItemsThatAreNullAreAnEmptyPageWithAWarning) {
  const auto page = PageFrom(OddAnswer("items-null.json"));

  EXPECT_EQ(page.items, 0U);
  EXPECT_FALSE(page.cut);
  EXPECT_THAT(warnings_, ElementsAre("items is null, and is read as an empty list"));
}

TEST_F(OddAnswersTest, AnOrderWithNulInItsIdIsSetAsideBesideAGoodOne) {
  const auto page = PageFrom(OddAnswer("nul-in-order-id.json"));

  EXPECT_EQ(page.items, 2U);
  ASSERT_THAT(page.orders, SizeIs(1));
  ASSERT_THAT(page.unreadable, SizeIs(1));
  EXPECT_EQ(page.unreadable[0].order_id, "A\\u0000B");
  EXPECT_EQ(page.unreadable[0].reason, "orderId: holds a control character");
  EXPECT_THAT(page.unreadable[0].raw, HasSubstr("\"orderId\": \"A\\u0000B\""));
}

TEST_F(OddAnswersTest, ATimeThatNoTimestampHoldsIsAbsentWithAWarning) {
  const auto page = PageFrom(OddAnswer("times-out-of-range.json"));

  ASSERT_THAT(page.orders, SizeIs(1));
  EXPECT_FALSE(page.orders[0].order.has_ship_by());
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("shippedAtMax is a time outside of the years 1 to 9999")));
}

TEST_F(OddAnswersTest, ARateIsOneVersionHoweverItIsSpelled) {
  const auto number = OddAnswer("rate-as-number.json");
  const auto first = PageFrom(number);
  ASSERT_THAT(first.orders, SizeIs(1));
  auto bodies = std::vector{OddAnswer("rate-as-text.json")};
  for (const auto* spelling : {"1500.0", "1.5e3", "15E+2", "\"1500\""}) {
    const std::string key = "\"rate\": 1500";
    ASSERT_NE(number.find(key), std::string::npos);
    auto body = number;
    for (auto at = body.find(key); at != std::string::npos; at = body.find(key, at + 1)) {
      body.replace(at, key.size(), std::string("\"rate\": ") + spelling);
    }
    bodies.push_back(body);
  }
  for (const auto& body : bodies) {
    const auto page = PageFrom(body);
    ASSERT_THAT(page.orders, SizeIs(1)) << body;
    EXPECT_EQ(page.orders[0].fingerprint, first.orders[0].fingerprint) << body;
  }
}

TEST_F(OddAnswersTest, AnOrderOfAnotherSellerIsSetAsideWithItsTextAndNotTakenForOurs) {
  const auto page = PageFrom(OddAnswer("other-seller.json"));

  EXPECT_THAT(page.orders, IsEmpty());
  ASSERT_THAT(page.unreadable, SizeIs(1));
  EXPECT_EQ(page.unreadable[0].order_id, "OTHER");
  EXPECT_THAT(page.unreadable[0].reason, HasSubstr("seller.id: names another seller"));
  EXPECT_THAT(page.unreadable[0].raw, HasSubstr("77777"));
}

TEST_F(OddAnswersTest, ANegativeQuantityIsSetAsideWithItsTextBesideAGoodOrder) {
  const auto page = PageFrom(OddAnswer("negative-quantity.json"));

  ASSERT_THAT(page.orders, SizeIs(1));
  EXPECT_EQ(page.orders[0].order.order_id(), "GOOD");
  ASSERT_THAT(page.unreadable, SizeIs(1));
  EXPECT_EQ(page.unreadable[0].order_id, "NEGQ");
  EXPECT_EQ(page.unreadable[0].reason, "lines[1].quantity: is negative");
  EXPECT_THAT(page.unreadable[0].raw, HasSubstr("\"quantity\": -1"));
}

TEST_F(OddAnswersTest, ControlCharactersInOrdinaryTextsArriveAsTheyWereSent) {
  const auto page = PageFrom(OddAnswer("escapes-in-texts.json"));

  ASSERT_THAT(page.orders, SizeIs(1));
  EXPECT_EQ(page.orders[0].order.reference(), "R\x1b[31m\u009b2J");
}

TEST_F(OddAnswersTest, APickupNameIsKeptWithoutAnId) {
  const auto page = PageFrom(OddAnswer("pickup-name-without-id.json"));

  ASSERT_THAT(page.orders, SizeIs(1));
  const auto people = Opened(page.orders[0].recipients);
  ASSERT_EQ(people.recipients_size(), 1);
  ASSERT_TRUE(people.recipients(0).has_pickup_point());
  EXPECT_EQ(people.recipients(0).pickup_point().id(), "");
  EXPECT_NE(people.recipients(0).pickup_point().name(), "");
}

TEST_F(OddAnswersTest, AnOrderOfThreeHundredLinesIsWhole) {
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    lines += (i == 0 ? "" : ",") + (R"({"orderLineId":"L-)" + std::to_string(i) + R"(","quantity":1})");
  }
  const auto page =
      PageFrom(R"({"itemsPerPage":1,"items":[{"orderId":"BIG","status":"InPreparation","lines":[)" + lines + "]}]}");

  ASSERT_THAT(page.orders, SizeIs(1));
  EXPECT_EQ(page.orders[0].order.lines_size(), 300);
}

}  // namespace
}  // namespace cdiscount::contract
