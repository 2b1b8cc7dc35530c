#include "marketplace/rest/seller_json.hpp"

#include <gmock/gmock.h>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::marketplace::rest {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReadSeller, ReadsTheFactsThatAreUsedFromTheWholeContract) {
  const auto seller = ReadSeller(R"({"seller_id":98979,"login":"shop@example.invalid","shop_name":"La boutique",
      "shop_url":"https://shop.example","creation_date":"2020-01-02T03:04:05Z","seller_state":"Activated",
      "seller_sub_state":"Holidays","subscription_step":"Finished","auto_accept_order":false,
      "fulfillment_profile_id":12,"seller_legal_information":{"siret":"1"},"language":"fr-FR"})");

  ASSERT_THAT(seller, Succeeds());
  EXPECT_EQ(seller->seller_id, "98979");
  EXPECT_EQ(seller->shop_name, "La boutique");
  EXPECT_EQ(seller->seller_state, "Activated");
  EXPECT_EQ(seller->seller_sub_state, "Holidays");
  EXPECT_EQ(seller->subscription_step, "Finished");
  EXPECT_EQ(seller->auto_accept_order, false);
}

TEST(ReadSeller, NeedsOneFactThatTellsItIsASeller) {
  EXPECT_THAT(ReadSeller(R"({"seller_state":"Deactivated"})"), Succeeds());
  for (const auto* body : {"", "[]", "null", "{}", "<html>", R"({"shop_name":"x"})", R"({"seller_id":1)"}) {
    EXPECT_THAT(ReadSeller(body), FailsWith(ErrorCode::kUnreadable)) << body;
  }
}

TEST(ReadToken, ReadsTheTokenAndItsLifetime) {
  const auto token = ReadToken(
      R"({"access_token":"ey.J.x","expires_in":7200,"token_type":"Bearer","not-before-policy":0,"scope":"profile"})");

  ASSERT_THAT(token, Succeeds());
  EXPECT_EQ(token->token.Reveal(), "ey.J.x");
  EXPECT_EQ(token->expires_in, std::chrono::seconds{7200});
}

TEST(ReadToken, LivesShortlyWhenItsLifetimeIsNotToldAndLessWhenItIsAFraction) {
  using std::chrono::seconds;
  const std::vector<std::pair<std::string, seconds>> cases = {
      {R"({"access_token":"t"})", seconds{300}},
      {R"({"access_token":"t","expires_in":null})", seconds{300}},
      {R"({"access_token":"t","expires_in":"soon"})", seconds{300}},
      {R"({"access_token":"t","expires_in":7199.5})", seconds{7199}},
      {R"({"access_token":"t","expires_in":"7200"})", seconds{7200}},
      {R"({"access_token":"t","expires_in":7.2e3})", seconds{7200}},
      {R"({"access_token":"t","expires_in":1e15})", std::chrono::days{365}},
  };
  for (const auto& [body, lifetime] : cases) {
    const auto token = ReadToken(body);
    ASSERT_THAT(token, Succeeds()) << body;
    EXPECT_EQ(token->expires_in, lifetime) << body;
  }
}

TEST(ReadToken, NeedsATokenThatLivesAndShowsNothingOfTheBody) {
  for (const auto* body :
       {"", "{}", R"({"access_token":"hidden","expires_in":0})", R"({"access_token":"hidden","expires_in":-5})",
        R"({"access_token":"hidden","expires_in":0.5})", R"({"access_token":"","expires_in":7200})",
        R"({"access_token":"hidden" "expires_in":7200})", R"({"hidden":)"}) {
    const auto token = ReadToken(body);
    ASSERT_THAT(token, FailsWith(ErrorCode::kUnreadable)) << body;
    EXPECT_THAT(token.error().message, Not(HasSubstr("hidden")));
  }
}

}  // namespace
}  // namespace cdiscount::marketplace::rest
