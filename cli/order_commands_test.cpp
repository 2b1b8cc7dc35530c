// cdiscountctl orders and sync: the requests that they send to order-ingest, and the text that they print of each
// answer.
#include "testing/run_test.hpp"

namespace cdiscount::cli {
namespace {

using fakes::RunTest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(RunTest, ReadsPageAfterPageUpToTheLimit) {
  orders_.known = 1200;

  EXPECT_EQ(Do({"orders", "list", "--limit", "1100", "--json"}), kOk);
  EXPECT_EQ(Json().at("orders").as_array().size(), 1100U);
  EXPECT_EQ(Json().at("nextPageToken").as_string(), "1100");

  EXPECT_EQ(Do({"orders", "list", "--limit", "2000"}), kOk);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("A-1199"), Not(HasSubstr("There are more"))));
  EXPECT_EQ(Do({"orders", "list", "--limit", "10"}), kOk);
  EXPECT_THAT(out_.str(), HasSubstr("There are more: --limit shows them.\n"));
}

TEST_F(RunTest, AsksForTheOrdersOfAnAccountAndASpanOfTime) {
  EXPECT_EQ(Do({"orders", "list", "--account", "shop", "--since", "2026-10-06T15:30:00Z", "--until",
                "2026-10-07T17:30:00+02:00"}),
            kOk);

  EXPECT_EQ(orders_.last_request.account_id(), "shop");
  EXPECT_EQ(orders_.last_request.changed_since().seconds(), 1'791'300'600);
  EXPECT_EQ(orders_.last_request.changed_until().seconds(), 1'791'387'000);
}

TEST_F(RunTest, ShowsHowThePollingOfAnAccountGoes) {
  orders::v1::ListSyncStatusResponse response;
  response.add_accounts()->set_account_id("id-1");
  response.mutable_accounts(0)->set_account_name("shop");
  response.mutable_accounts(0)->set_last_error("the marketplace is down");
  response.mutable_accounts(0)->set_failures_in_a_row(3);
  response.mutable_accounts(0)->mutable_failing_since()->set_seconds(1'790'000'000);
  response.mutable_accounts(0)->set_unreadable_orders(2);
  orders_.status.answer = response;

  EXPECT_EQ(Do({"sync", "show", "--account", "shop", "--json"}), kOk);
  EXPECT_EQ(orders_.status.asked.account_id(), "shop");
  EXPECT_EQ(Json().at("accounts").as_array().size(), 1U);
  EXPECT_EQ(Do({"sync", "show"}), kOk);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("shop: the marketplace is down (3 in a row, since 2026-09-21T14:13:20Z)\n"),
                                HasSubstr("shop: orders set aside: 2; cdiscountctl orders unreadable list")));
}

TEST_F(RunTest, ListsTheOrdersThatWereSetAsideWithTheReason) {
  orders::v1::ListUnreadableOrdersResponse response;
  auto& order = *response.add_orders();
  order.set_account_id("id-1");
  order.set_account_name("shop");
  order.set_id("A-1");
  order.set_reason("lines[0].quantity: must not be negative");
  order.set_state(orders::v1::UNREADABLE_ORDER_STATE_GIVEN_UP);
  order.set_tries(50);
  order.mutable_given_up_at()->set_seconds(1'790'000'000);
  orders_.unreadable.answer = response;

  EXPECT_EQ(Do({"orders", "unreadable", "list", "--account", "shop"}), kOk);

  EXPECT_EQ(orders_.unreadable.asked.account_id(), "shop");
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("A-1"), HasSubstr("must not be negative"),
                                HasSubstr("none, given up 2026-09-21T14:13:20Z")));
}

TEST_F(RunTest, PrintsTheTextOfAnOrderThatWasSetAsideOnlyWhenToldTo) {
  orders::v1::GetUnreadableOrderResponse response;
  response.mutable_order()->set_id("A-1");
  response.mutable_order()->set_reason("cut");
  orders_.one_unreadable.answer = response;

  EXPECT_EQ(Do({"orders", "unreadable", "show", "shop", "A-1"}), kOk);
  EXPECT_FALSE(orders_.one_unreadable.asked.include_raw());
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("cut"), Not(HasSubstr("Text"))));

  response.set_raw("{\"name\":\"\x1b[31mClaire");
  orders_.one_unreadable.answer = response;
  EXPECT_EQ(Do({"orders", "unreadable", "show", "shop", "A-1", "--raw"}), kOk);
  EXPECT_TRUE(orders_.one_unreadable.asked.include_raw());
  EXPECT_THAT(out_.str(), HasSubstr("{\"name\":\"\\u001b[31mClaire"));
}

TEST_F(RunTest, ShowsOneOrderWithItsLines) {
  orders::v1::GetOrderResponse response;
  auto& order = *response.mutable_order()->mutable_order();
  response.mutable_order()->set_version(2);
  order.set_order_id("A-1");
  order.set_status(orders::v1::ORDER_STATUS_SHIPPED);
  order.set_status_text("Shipped");
  order.add_lines()->set_title("Grille-pain");
  orders_.get.answer = response;

  EXPECT_EQ(Do({"orders", "show", "A-1", "--seller", "98979"}), kOk);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("Status         SHIPPED (\"Shipped\")\n"), HasSubstr("Version        2\n"),
                                HasSubstr("Grille-pain")));
  EXPECT_EQ(orders_.get.asked.seller_id(), "98979");
}

TEST_F(RunTest, ShowsAnErrorForAnAnswerThatJsonCannotSay) {
  orders::v1::GetOrderResponse response;
  response.mutable_order()->mutable_order()->mutable_updated_at()->set_seconds(253'402'300'800);  // the year 10000
  orders_.get.answer = response;

  EXPECT_EQ(Do({"orders", "show", "A-1", "--json"}), kRefused);

  EXPECT_THAT(out_.str(), IsEmpty());
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("\"code\":\"unreadable\""), HasSubstr("cannot be written as JSON")));
}

}  // namespace
}  // namespace cdiscount::cli
