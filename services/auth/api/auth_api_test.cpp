#include "api/auth_api.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cdiscount/auth/v1/account_service.grpc.pb.h"
#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "crypto/digest.hpp"
#include "rpc/client.hpp"
#include "rpc/testing/in_process_server.hpp"
#include "telemetry/testing/captured_log.hpp"
#include "testing/marketplace.hpp"

namespace cdiscount::auth {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using AccountStub = class v1::AccountService::Stub::async;
using TokenStub = class v1::TokenService::Stub::async;

class AuthApiTest : public fakes::MarketplaceTest {
 protected:
  static v1::CreateAccountRequest ACreateRequest() {
    v1::CreateAccountRequest request;
    request.set_name("Boutique Claire");
    request.set_seller_id("98971");
    request.mutable_octopia()->set_client_id("boutique-client-1");
    request.mutable_octopia()->set_client_secret("s3cret-1");
    return request;
  }
  using AuthTest::Create;
  Result<v1::CreateAccountResponse> Create(const v1::CreateAccountRequest& request = ACreateRequest()) {
    return Run(accounts_client_.Call(&AccountStub::CreateAccount, request));
  }
  template <class Response, class Request>
  Result<Response> Of(void (AccountStub::*method)(grpc::ClientContext*, const Request*, Response*,
                                                  std::function<void(grpc::Status)>),
                      const std::string& account = "Boutique Claire") {
    Request request;
    request.set_account(account);
    return Run(accounts_client_.Call(method, request));
  }
  Result<v1::GetAccessTokenResponse> Token(const std::string& account_id, const std::string& rejected = "") {
    v1::GetAccessTokenRequest request;
    request.set_account_id(account_id);
    request.set_rejected_token_fingerprint(rejected);
    return Run(tokens_client_.Call(&TokenStub::GetAccessToken, request));
  }

  cdiscount::fakes::CapturedLog log_;
  VerifyConnection verify_{*database_, tokens_, sellers_, metrics_};
  rpc::Calls calls_{io_.get_executor(), all_metrics_};
  AuthApi api_{calls_, *database_, change_, tokens_, verify_};
  cdiscount::fakes::InProcessServer server_{io_, api_.apis()};
  rpc::Client<v1::AccountService> accounts_client_{server_.channel()};
  rpc::Client<v1::TokenService> tokens_client_{server_.channel()};
};

TEST_F(AuthApiTest, CreatesAnAccountAndShowsItWithoutItsSecret) {
  const auto created = Create();

  ASSERT_THAT(created, Succeeds());
  const auto& account = created->account();
  EXPECT_EQ(account.account_id(), "id-1");
  EXPECT_EQ(account.name(), "Boutique Claire");
  EXPECT_EQ(account.seller_id(), "98971");
  EXPECT_EQ(account.sales_channel_id(), "CDISFR");
  EXPECT_EQ(account.state(), events::v1::ACCOUNT_STATE_ENABLED);
  EXPECT_EQ(account.client_id(), "boutique-client-1");
  EXPECT_EQ(account.version(), 1);
  EXPECT_EQ(account.created_at().seconds(), 1'790'000'000);
  EXPECT_FALSE(account.has_token_expires_at());
  EXPECT_EQ(account.attention(), "");
  EXPECT_THAT(created->DebugString(), Not(HasSubstr("s3cret")));
}

TEST_F(AuthApiTest, NamesEveryBrokenRule) {
  auto request = ACreateRequest();
  request.set_name("");
  request.mutable_octopia()->set_client_id("claire@shop.fr");

  const auto created = Create(request);

  ASSERT_THAT(created, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(created.error().field, "name");
  EXPECT_THAT(created.error().message, AllOf(HasSubstr("name is empty"), HasSubstr("octopia.client_id is an e-mail")));
}

TEST_F(AuthApiTest, RefusesASecondAccountOfTheSameName) {
  ASSERT_THAT(Create(), Succeeds());

  EXPECT_THAT(Create(), FailsWith(ErrorCode::kAlreadyExists));
}

TEST_F(AuthApiTest, GetsAndListsAccounts) {
  ASSERT_THAT(Create(), Succeeds());

  const auto by_id = Of(&AccountStub::GetAccount, "id-1");
  const auto unknown = Of(&AccountStub::GetAccount, "unknown");
  const auto all = Run(accounts_client_.Call(&AccountStub::ListAccounts, v1::ListAccountsRequest{}));

  EXPECT_EQ(by_id.value().account().name(), "Boutique Claire");
  EXPECT_THAT(unknown, FailsWith(ErrorCode::kNotFound));
  ASSERT_THAT(all, Succeeds());
  ASSERT_EQ(all->accounts_size(), 1);
  EXPECT_EQ(all->accounts(0).account_id(), "id-1");
}

TEST_F(AuthApiTest, ADisabledAccountGivesNoTokenUntilItIsEnabled) {
  ASSERT_THAT(Create(), Succeeds());

  const auto disabled = Of(&AccountStub::DisableAccount);
  const auto none = Token("id-1");
  const auto enabled = Of(&AccountStub::EnableAccount);
  const auto some = Token("id-1");

  EXPECT_EQ(disabled.value().account().state(), events::v1::ACCOUNT_STATE_DISABLED);
  EXPECT_THAT(disabled.value().account().attention(), HasSubstr("until it is enabled"));
  ASSERT_THAT(none, FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(none.error().message, HasSubstr("is disabled"));
  EXPECT_EQ(enabled.value().account().state(), events::v1::ACCOUNT_STATE_ENABLED);
  EXPECT_THAT(some, Succeeds());
}

TEST_F(AuthApiTest, GivesATokenWithWhatItIsFor) {
  ASSERT_THAT(Create(), Succeeds());

  const auto given = Token("id-1");

  ASSERT_THAT(given, Succeeds());
  EXPECT_NE(given->access_token(), "");
  EXPECT_EQ(given->expires_at().seconds(), 1'790'000'000 + 7200);
  EXPECT_EQ(given->seller_id(), "98971");
  EXPECT_EQ(given->sales_channel_id(), "CDISFR");
  EXPECT_EQ(Of(&AccountStub::GetAccount, "id-1").value().account().token_expires_at().seconds(), 1'790'000'000 + 7200);
}

TEST_F(AuthApiTest, GivesAnotherTokenForARejectedOne) {
  ASSERT_THAT(Create(), Succeeds());
  const auto first = Token("id-1").value().access_token();
  const auto fingerprint = crypto::TokenFingerprint(Secret{first});

  const auto second = Token("id-1", fingerprint).value().access_token();

  EXPECT_NE(second, first);
  EXPECT_EQ(Token("id-1", fingerprint).value().access_token(), second);
}

TEST_F(AuthApiTest, SaysInItsPromisedCodesWhyThereIsNoToken) {
  struct Case {
    ErrorCode failure;
    ErrorCode told;
  };
  const std::vector<Case> cases = {{ErrorCode::kThrottled, ErrorCode::kThrottled},
                                   {ErrorCode::kUnavailable, ErrorCode::kUnavailable},
                                   {ErrorCode::kDeadlineExceeded, ErrorCode::kUnavailable},
                                   {ErrorCode::kUnreadable, ErrorCode::kUnavailable},
                                   {ErrorCode::kUnauthenticated, ErrorCode::kConflict}};
  ASSERT_THAT(Create(), Succeeds());
  for (const auto& c : cases) {
    gate_.ThenFails({.code = c.failure, .message = "because", .retry_after = seconds{7}});
    const auto none = Token("id-1");
    ASSERT_THAT(none, FailsWith(c.told)) << ToString(c.failure);
    EXPECT_THAT(none.error().message, HasSubstr("because"));
    if (c.told != ErrorCode::kConflict) EXPECT_EQ(none.error().retry_after, seconds{7});
    clock_.Advance(seconds{60});
  }
  EXPECT_THAT(Token("unknown"), FailsWith(ErrorCode::kNotFound));
}

TEST_F(AuthApiTest, VerifiesAConnectionInPlainWords) {
  ASSERT_THAT(Create(), Succeeds());
  sim_->world().FindSeller(98971)->auto_accept_order = false;

  const auto verified = Of(&AccountStub::VerifyConnection);

  ASSERT_THAT(verified, Succeeds());
  EXPECT_EQ(verified->outcome(), v1::CONNECTION_OUTCOME_CONNECTED);
  EXPECT_THAT(verified->explanation(), HasSubstr("may act for seller 98971"));
  EXPECT_EQ(verified->shop_name(), "Boutique");
  EXPECT_EQ(verified->seller_state(), "Activated");
  EXPECT_FALSE(verified->auto_accept_orders());
}

TEST_F(AuthApiTest, NewCredentialsAreTheWayOutOfARefusal) {
  ASSERT_THAT(Create(), Succeeds());
  SetSecret("better");
  EXPECT_EQ(Of(&AccountStub::VerifyConnection).value().outcome(), v1::CONNECTION_OUTCOME_WRONG_SECRET);
  const auto refused = Of(&AccountStub::GetAccount);
  v1::ReplaceCredentialsRequest replace;
  replace.set_account("Boutique Claire");
  replace.mutable_octopia()->set_client_id("boutique-client-1");
  replace.mutable_octopia()->set_client_secret("better");

  const auto replaced = Run(accounts_client_.Call(&AccountStub::ReplaceCredentials, replace));

  EXPECT_EQ(refused.value().account().state(), events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS);
  EXPECT_THAT(refused.value().account().attention(), HasSubstr("Invalid client credentials"));
  EXPECT_EQ(replaced.value().account().state(), events::v1::ACCOUNT_STATE_ENABLED);
  EXPECT_EQ(Of(&AccountStub::VerifyConnection).value().outcome(), v1::CONNECTION_OUTCOME_CONNECTED);
}

TEST_F(AuthApiTest, ListsAccountsInPages) {
  for (int number = 1; number <= 5; ++number) {
    auto account = fakes::ANewAccountSharing(number, 1);
    account.name = fmt::format("Été {}", number);
    ASSERT_THAT(Create(std::move(account), fmt::format("id-{}", number)), Succeeds());
  }
  const auto list = [&](v1::ListAccountsRequest request) {
    return Run(accounts_client_.Call(&AccountStub::ListAccounts, std::move(request)));
  };
  v1::ListAccountsRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;
  for (int page = 0; page < 5; ++page) {
    const auto listed = list(request);
    ASSERT_THAT(listed, Succeeds());
    EXPECT_LE(listed->accounts_size(), 2);
    for (const auto& account : listed->accounts()) seen.push_back(account.name());
    request.set_page_token(listed->next_page_token());
    if (request.page_token().empty()) break;
  }
  EXPECT_THAT(seen, ElementsAre("Été 1", "Été 2", "Été 3", "Été 4", "Été 5"));

  v1::ListAccountsRequest large, negative, wrong;
  large.set_page_size(2'000'000'000);
  negative.set_page_size(-1);
  wrong.set_page_token("???");
  EXPECT_EQ(list(large)->accounts_size(), 5);
  EXPECT_EQ(list({})->accounts_size(), 5);
  EXPECT_EQ(list(negative).error().field, "page_size");
  EXPECT_EQ(list(wrong).error().field, "page_token");
}

TEST_F(AuthApiTest, WritesAnAuditLineWithTheCallerForEachChangeAndEachToken) {
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(Of(&AccountStub::VerifyConnection), Succeeds());
  const auto token = Token("id-1").value().access_token();
  v1::ReplaceCredentialsRequest other;
  other.set_account("id-1");
  other.mutable_octopia()->set_client_id("boutique-client-2");
  other.mutable_octopia()->set_client_secret("s3cret-2");
  ASSERT_THAT(Run(accounts_client_.Call(&AccountStub::ReplaceCredentials, other)), Succeeds());
  ASSERT_THAT(Of(&AccountStub::DisableAccount), Succeeds());
  ASSERT_THAT(Of(&AccountStub::EnableAccount), Succeeds());

  for (const auto* event : {"account_created", "connection_verified", "token_given", "credentials_replaced",
                            "account_disabled", "account_enabled"}) {
    EXPECT_THAT(log_.lines(),
                Contains(AllOf(HasSubstr(fmt::format("\"event\":\"{}\"", event)), HasSubstr("\"audit\":true"),
                               HasSubstr("\"caller\":\"local\""), HasSubstr("\"account"))))
        << event;
  }
  EXPECT_THAT(log_.lines(), Each(Not(AnyOf(HasSubstr("s3cret"), HasSubstr(token)))));
}

TEST_F(AuthApiTest, LogsEachFactOnceAndNoSecret) {
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(Of(&AccountStub::VerifyConnection), Succeeds());
  const auto token = Token("id-1").value().access_token();

  const auto lines = log_.lines();

  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("account_created")).Times(1));
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("connection_verified")).Times(1));
  EXPECT_THAT(lines, Each(Not(AnyOf(HasSubstr("s3cret"), HasSubstr(token)))));
}

}  // namespace
}  // namespace cdiscount::auth
