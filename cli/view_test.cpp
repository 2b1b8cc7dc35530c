#include "view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "cdiscount/auth/v1/account_service.pb.h"

namespace cdiscount::cli {
namespace {

using auth::v1::ListAccountsResponse;
using auth::v1::VerifyConnectionRequest;
using auth::v1::VerifyConnectionResponse;

std::optional<std::string> Filled(std::string_view text, const VerifyConnectionResponse& message) {
  VerifyConnectionRequest request;
  request.set_account("shop");
  return FillIn(text, {message, &request});
}

TEST(FillIn, PutsValuesInTheirPlace) {
  VerifyConnectionResponse message;
  message.set_shop_name("Chez nous");

  EXPECT_EQ(Filled("{request.account}: {shop_name}, {seller_state}.", message), "shop: Chez nous, -.");
  EXPECT_EQ(Filled("{seller_state|shop_name}", message), "Chez nous");
  EXPECT_EQ(Filled("a text", message), "a text");
  EXPECT_THROW(Filled("{colour}", message), std::logic_error);
}

TEST(FillIn, LeavesOutWhatDoesNotHold) {
  VerifyConnectionResponse message;
  message.set_outcome(auth::v1::CONNECTION_OUTCOME_CONNECTED);

  EXPECT_EQ(Filled("{?auto_accept_orders}on", message), std::nullopt);
  EXPECT_EQ(Filled("{?outcome=CONNECTED}yes", message), "yes");
  EXPECT_EQ(Filled("{?outcome=NOT_LINKED}no", message), std::nullopt);
  EXPECT_EQ(Filled("{?retry_after_seconds}{retry_after_seconds} s", message), std::nullopt);
  EXPECT_EQ(Filled("{!retry_after_seconds}at once", message), "at once");
  EXPECT_EQ(Filled("{!outcome}nothing", message), std::nullopt);
}

TEST(FillIn, TakesTheFirstTextThatIsComplete) {
  VerifyConnectionResponse message;
  EXPECT_EQ(Filled("{shop_name}||{?seller_state}{seller_state}", message), std::nullopt);
  EXPECT_EQ(Filled("{shop_name}||none", message), "none");
  message.set_shop_name("a||b{outcome}");
  EXPECT_EQ(Filled("{shop_name}||none", message), "a||b{outcome}") << "a value is no text of ours";
}

TEST(Render, ShowsAListAsATableWithSentencesBelow) {
  const View view{.rows = "accounts",
                  .columns = {"NAME={name}", "STATE={state:words}"},
                  .lines = {"{?attention}{name}: {attention}"},
                  .empty = "None."};
  ListAccountsResponse message;
  EXPECT_EQ(Render(view, {message}, 0), "None.\n");
  message.add_accounts()->set_name("a");
  message.mutable_accounts(0)->set_attention("look\nhere");
  message.add_accounts()->set_name("b");
  message.mutable_accounts(1)->set_state(events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS);

  EXPECT_EQ(Render(view, {message}, 0),
            "NAME  STATE\n"
            "a     -\n"
            "b     needs new credentials\n"
            "\n"
            "a: look\\nhere\n");
}

TEST(Render, ShowsAMessageLineByLineWithoutWhatIsAbsent) {
  VerifyConnectionResponse message;
  message.set_shop_name("Chez nous");

  EXPECT_EQ(Render({.columns = {"Shop={shop_name}", "Seller state={seller_state}", "Wait={retry_after_seconds} s"},
                    .lines = {"That is {shop_name}."}},
                   {message}, 0),
            "Shop          Chez nous\n"
            "Wait          0 s\n"
            "That is Chez nous.\n");
}

}  // namespace
}  // namespace cdiscount::cli
