// cdiscountctl account: the requests that it sends to auth, and the text that it prints of each answer.
#include "testing/run_test.hpp"

namespace cdiscount::cli {
namespace {

using fakes::RunTest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

TEST_F(RunTest, AddsAnAccountWithASecretFromStandardInput) {
  auth::v1::CreateAccountResponse response;
  response.mutable_account()->set_name("shop");
  response.mutable_account()->set_seller_id("98979");
  response.mutable_account()->set_sales_channel_id("CDISFR");
  response.mutable_account()->set_state(events::v1::ACCOUNT_STATE_ENABLED);
  response.mutable_account()->set_account_id("id-1");
  accounts_.create.answer = response;

  const int code =
      Do({"account", "add", "--name", "shop", "--seller", "98979", "--client-id", "our client", "--secret-stdin"},
         "hunter2\n");

  EXPECT_EQ(code, kOk) << err_.str();
  EXPECT_EQ(accounts_.create.asked.octopia().client_secret(), "hunter2");
  EXPECT_EQ(accounts_.create.asked.octopia().client_id(), "our client");
  EXPECT_EQ(out_.str(),
            "Account shop was added (seller 98979, CDISFR, enabled; id id-1).\n"
            "See whether it works: cdiscountctl account verify \"shop\"\n");
}

TEST_F(RunTest, TellsWhichFieldWasRefused) {
  accounts_.create.answer =
      Error{ErrorCode::kInvalidArgument, "must have 8 to 80 characters", std::nullopt, "octopia.client_id"};
  const std::vector<std::string> words = {"account",     "add", "--name",        "s", "--seller", "9",
                                          "--client-id", "c",   "--secret-stdin"};

  EXPECT_EQ(Do(words, "hunter2\n"), kRefused);
  EXPECT_EQ(err_.str(), "The client secret goes to " + Auth() +
                            ", in plain text on this machine.\n"
                            "cdiscountctl: octopia.client_id: must have 8 to 80 characters\nAsked: " +
                            Auth() + ".\n");
  EXPECT_THAT(out_.str(), IsEmpty());

  auto json = words;
  json.emplace_back("--json");
  EXPECT_EQ(Do(json, "hunter2\n"), kRefused);
  EXPECT_EQ(boost::json::parse(err_.str()),
            boost::json::parse(R"({"error": {"code": "invalid_argument", "message": "must have 8 to 80 characters",
                                   "field": "octopia.client_id", "retry_after_seconds": null, "asked": ")" +
                               Auth() + "\"}}"));
  EXPECT_THAT(err_.str(), Not(HasSubstr("hunter2")));
}

TEST_F(RunTest, ListsAccountsWithWhatNeedsAttention) {
  auth::v1::ListAccountsResponse response;
  auto& account = *response.add_accounts();
  account.set_name("shop");
  account.set_state(events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS);
  account.set_attention("the marketplace refused the secret");
  accounts_.known = response;

  EXPECT_EQ(Do({"account", "list"}), kOk);
  EXPECT_THAT(out_.str(), AllOf(StartsWith("NAME  SELLER  CHANNEL  STATE"), HasSubstr("needs new credentials"),
                                HasSubstr("shop: the marketplace refused the secret\n")));

  EXPECT_EQ(Do({"account", "list", "--json"}), kOk);
  EXPECT_EQ(Json().at("accounts").at(0).at("state").as_string(), "ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS");
}

TEST_F(RunTest, ShowsOneAccount) {
  auth::v1::GetAccountResponse response;
  response.mutable_account()->set_name("shop");
  response.mutable_account()->set_state(events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS);
  response.mutable_account()->mutable_changed_at()->set_seconds(1'790'000'000);
  accounts_.get.answer = response;

  EXPECT_EQ(Do({"account", "show", "shop"}), kOk);

  EXPECT_EQ(accounts_.get.asked.account(), "shop");
  EXPECT_EQ(out_.str(),
            "Name         shop\n"
            "State        needs new credentials\n"
            "Version      0\n"
            "Changed      2026-09-21T14:13:20Z\n");
}

TEST_F(RunTest, ListsAllPagesOfAccounts) {
  for (const auto* name : {"a", "b", "c", "d", "e"}) accounts_.known.add_accounts()->set_name(name);
  accounts_.page_size = 2;

  EXPECT_EQ(Do({"account", "list", "--json"}), kOk);

  EXPECT_EQ(Json().at("accounts").as_array().size(), 5U);
  EXPECT_EQ(Json().at("nextPageToken").as_string(), "");
}

TEST_F(RunTest, ExitsWithOneWhenAConnectionDoesNotWork) {
  auth::v1::VerifyConnectionResponse response;
  response.set_outcome(auth::v1::CONNECTION_OUTCOME_WRONG_SECRET);
  response.set_explanation("The marketplace refused the client secret: give the right one.");
  accounts_.verify.answer = response;

  EXPECT_EQ(Do({"account", "verify", "shop"}), kRefused);
  EXPECT_EQ(out_.str(),
            "shop: wrong client id or secret\n"
            "  The marketplace refused the client secret: give the right one.\n");
  EXPECT_EQ(accounts_.verify.asked.account(), "shop");

  response.set_outcome(auth::v1::CONNECTION_OUTCOME_CONNECTED);
  response.set_shop_name("Chez nous");
  accounts_.verify.answer = response;
  EXPECT_EQ(Do({"account", "verify", "shop"}), kOk);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("shop: connected\n"), HasSubstr("Shop          Chez nous\n")));
}

TEST_F(RunTest, SaysHowLongToWaitWhenThrottled) {
  accounts_.verify.answer = Error{ErrorCode::kThrottled, "the token quota is used up", 2500ms};

  EXPECT_EQ(Do({"account", "verify", "shop"}), kRefused);
  EXPECT_EQ(err_.str(), "cdiscountctl: the token quota is used up\nTry again in 3 s.\nAsked: " + Auth() + ".\n");
}

}  // namespace
}  // namespace cdiscount::cli
