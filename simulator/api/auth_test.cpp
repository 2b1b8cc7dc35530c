// docs/marketplace.md#tokens, #headers, #errors, #quota, #sellers and #carriers.
#include <set>

#include "simulator/testing/routes_test.hpp"

namespace cdiscount::simulator {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class TokenRealmTest : public fakes::RoutesTest {};
class GatewayTest : public fakes::RoutesTest {};
class SellersTest : public fakes::RoutesTest {};

TEST_F(TokenRealmTest, GivesATokenOfTwoHoursForTheRightSecret) {
  const auto response = TokenCall("right");

  ASSERT_EQ(response.status, 200);
  const auto body = Json(response);
  EXPECT_EQ(body.at("expires_in").as_int64(), 7200);
  EXPECT_EQ(body.at("token_type").as_string(), "Bearer");
  token_ = body.at("access_token").as_string();
  Pass(std::chrono::seconds{7199});
  EXPECT_EQ(Get("/sellers").status, 200);
  Pass(std::chrono::seconds{1});
  EXPECT_EQ(Get("/sellers").status, 401);
}

TEST_F(TokenRealmTest, AnswersAWrongSecretInKeycloaksWords) {
  const auto response = TokenCall("wrong");

  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(Json(response).at("error").as_string(), "invalid_client");
  EXPECT_TRUE(Json(response).as_object().contains("error_description"));
}

TEST_F(TokenRealmTest, KnowsOneGrantOnly) {
  const auto response = TokenCall("right", "password");

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(Json(response).at("error").as_string(), "unsupported_grant_type");
}

TEST_F(TokenRealmTest, TakesFormsOnly) {
  http::ServerRequest request;
  request.method = "POST";
  request.path = std::string{kTokenPath};
  request.headers.Set("Content-Type", "application/json");
  request.body = R"({"grant_type":"client_credentials","client_id":"my-shop","client_secret":"right"})";

  EXPECT_EQ(Ask(request).response.status, 415);
}

TEST_F(TokenRealmTest, GivesAJwtOfTheSizeOfARealOne) {
  const std::string token{Json(TokenCall("right")).at("access_token").as_string()};

  EXPECT_GT(token.size(), 1700U);
  EXPECT_THAT(token, ::testing::MatchesRegex("[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+"));
  EXPECT_THAT(token, StartsWith("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InNpbXVsYXRvciJ9."));
}

TEST_F(TokenRealmTest, ComparesTheMediaTypeWholeAndWithoutCase) {
  const auto status_of = [&](const std::string& type) {
    http::ServerRequest request;
    request.method = "POST";
    request.path = std::string{kTokenPath};
    request.headers.Set("Content-Type", type);
    request.body = "grant_type=client_credentials&client_id=my-shop&client_secret=right";
    return Ask(request).response.status;
  };
  EXPECT_EQ(status_of("Application/X-WWW-Form-Urlencoded; charset=utf-8"), 200);
  EXPECT_EQ(status_of("application/x-www-form-urlencoded-not"), 415);
}

TEST_F(TokenRealmTest, GivesFiveHundredTokensAnHourPerClientId) {
  std::set<std::string> tokens;
  for (int i = 0; i < 500; ++i) tokens.emplace(Json(TokenCall("right")).at("access_token").as_string());
  EXPECT_EQ(tokens.size(), 500U);

  const auto response = TokenCall("right");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.Get("Retry-After"), "3600");

  Pass(std::chrono::hours{1});
  EXPECT_EQ(TokenCall("right").status, 200);
}

TEST_F(TokenRealmTest, RefusesTheOldSecretOnceItWasChanged) {
  world_.credentials().SetClient("my-shop", Secret{"new"});

  EXPECT_EQ(TokenCall("right").status, 401);
  EXPECT_EQ(TokenCall("new").status, 200);
}

TEST_F(GatewayTest, RefusesACallWithoutATokenInItsOwnShape) {
  token_ = "unknown";
  const auto response = Get("/orders");

  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(Json(response).at("statusCode").as_int64(), 401);
  EXPECT_TRUE(Json(response).at("message").is_string());
}

TEST_F(GatewayTest, KnowsNoPathAndNoMethodBesidesTheContracts) {
  for (const auto& [method, path] :
       {std::pair{"GET", "/seller/v2/nothing"}, std::pair{"GET", "/seller/v3/orders"},
        std::pair{"POST", "/seller/v2/orders"}, std::pair{"GET", "/seller/v2/orders/X/shipments"}}) {
    const auto response = Ask(Request(method, path)).response;
    EXPECT_EQ(response.status, 404) << method << " " << path;
    EXPECT_EQ(Json(response).at("statusCode").as_int64(), 404);
  }
}

TEST_F(GatewayTest, NamesTheSellerIdHeaderWhenItIsMissingOrNoNumber) {
  auto request = Request("GET", "/seller/v2/orders");
  request.headers = {{"Authorization", "Bearer " + token_}, {"Accept", "application/json"}};
  const auto missing = Ask(request).response;
  request.headers.Set("sellerid", "my shop");
  const auto wrong = Ask(request).response;

  for (const auto& response : {missing, wrong}) {
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(Type(response), StartsWith("application/problem+json"));
    EXPECT_TRUE(Json(response).at("errors").at("SellerId").is_array());
  }
}

TEST_F(GatewayTest, RefusesASellerThatIsNotLinkedAndWritesAProblem) {
  auto request = Request("GET", "/seller/v2/orders");
  request.headers.Set("SellerId", std::to_string(kStranger));
  const auto response = Ask(request).response;

  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(Type(response), StartsWith("application/problem+json"));
  for (const auto* key : {"type", "title", "status", "detail", "instance", "traceId"}) {
    EXPECT_TRUE(Json(response).as_object().contains(key)) << key;
  }
  EXPECT_THAT(response.body, ::testing::Not(HasSubstr("quota")));
}

TEST_F(GatewayTest, RefusesAnAcceptAndAContentTypeThatItCannotServe) {
  auto get = Request("GET", "/seller/v2/orders");
  get.headers.Set("Accept", "application/xml");
  EXPECT_EQ(Ask(get).response.status, 406);
  get.headers.Set("Accept", "Application/JSON");
  get.headers.Set("Authorization", "bearer " + token_);
  EXPECT_EQ(Ask(get).response.status, 200) << "neither the scheme nor a media type depends on case";

  auto post = Request("POST", "/seller/v2/orders/X/shipments");
  post.headers.Set("Content-Type", "text/plain");
  EXPECT_EQ(Ask(post).response.status, 415);
}

TEST_F(GatewayTest, StopsAfterSixHundredCallsAndCountsDownTheWait) {
  for (int i = 0; i < 600; ++i) ASSERT_EQ(Get("/orders/count").status, 200);
  Pass(std::chrono::seconds{205});

  const auto response = Get("/orders/count");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.body,
            R"({"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 00:11:35."})");
  EXPECT_EQ(response.headers.Get("Retry-After"), std::nullopt);

  Pass(std::chrono::seconds{695});
  EXPECT_EQ(Get("/orders/count").status, 200);
}

TEST_F(GatewayTest, CountsTheQuotaPerClientIdAndNotAtAllWhenItIsOff) {
  auto& other = world_.credentials().SetClient("other-shop", Secret{"s"});
  other.sellers.insert(kSeller);
  world_.limits.calls_per_window = 1;
  EXPECT_EQ(Get("/orders/count").status, 200);
  EXPECT_EQ(Get("/orders/count").status, 403);

  const auto first = std::exchange(token_, world_.credentials().Issue(other, std::chrono::hours{2}, now_));
  EXPECT_EQ(Get("/orders/count").status, 200);
  token_ = first;
  world_.limits.calls_per_window = 0;
  EXPECT_EQ(Get("/orders/count").status, 200);
}

TEST_F(GatewayTest, SendsTheDateOfItsOwnClock) {
  EXPECT_EQ(Get("/sellers").headers.Get("Date"), "Tue, 06 Oct 2026 15:30:00 GMT");
  world_.choices.date_skew = std::chrono::minutes{-2};
  EXPECT_EQ(Get("/sellers").headers.Get("Date"), "Tue, 06 Oct 2026 15:28:00 GMT");
}

TEST_F(SellersTest, AreToldInSnakeCase) {
  auto& seller = *world_.FindSeller(kSeller);
  seller.sub_state = "Holidays";
  seller.auto_accept_order = false;
  const auto body = Json(Get("/sellers"));

  EXPECT_EQ(body.at("seller_id").as_int64(), kSeller);
  EXPECT_EQ(body.at("seller_state").as_string(), "Activated");
  EXPECT_EQ(body.at("seller_sub_state").as_string(), "Holidays");
  EXPECT_EQ(body.at("auto_accept_order").as_bool(), false);
  for (const auto* key : {"login", "shop_name", "shop_url", "creation_date", "subscription_step",
                          "fulfillment_profile_id", "seller_legal_information", "language"}) {
    EXPECT_TRUE(body.as_object().contains(key)) << key;
  }
}

TEST_F(SellersTest, ThatDoNotExistAreNotFound) {
  auto request = Request("GET", "/seller/v2/sellers");
  request.headers.Set("SellerId", "1");

  EXPECT_EQ(Ask(request).response.status, 404);
}

TEST_F(SellersTest, HaveDeliveryModesInTheLegacyCodes) {
  const auto body = Json(Get("/sellers/delivery-modes"));

  EXPECT_EQ(body.at("count").as_int64(), 2);
  EXPECT_EQ(body.at("items").at(0).at("code").as_string(), "TRK");
  EXPECT_EQ(body.at("items").at(0).at("is_express_delivery").as_bool(), false);
}

TEST_F(SellersTest, SeeABareListOfCarriersWithRepeatedCodesAndATrailingSpace) {
  const auto carriers = Json(Get("/carriers")).as_array();

  EXPECT_EQ(carriers.size(), 66U);
  std::map<std::string, int> codes;
  int trailing = 0;
  for (const auto& carrier : carriers) {
    ++codes[std::string{carrier.at("code").as_string()}];
    trailing += carrier.at("label").as_string().ends_with(' ') ? 1 : 0;
  }
  EXPECT_EQ(codes["pcc"], 4);
  EXPECT_EQ(codes["dhldp"], 2);
  EXPECT_EQ(trailing, 1);
}

}  // namespace
}  // namespace cdiscount::simulator
