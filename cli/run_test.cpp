#include "run.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "cdiscount/auth/v1/account_service.grpc.pb.h"
#include "cdiscount/orders/v1/order_query_service.grpc.pb.h"
#include "http/testing/certificates.hpp"
#include "rpc/calls.hpp"
#include "rpc/server.hpp"
#include "rpc/testing/token_file.hpp"
#include "rpc/unary.hpp"

namespace cdiscount::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

/// Answers what it was given: a value, or an error.
template <class Request, class Response>
struct Scripted {
  Result<Response> answer = Response{};
  Request asked;

  ServerUnaryReactor* Reply(rpc::Calls& calls, CallbackServerContext* context, const Request* request,
                            Response* response) {
    return rpc::Unary(calls, context, request, response,
                      [this](const Request& given, rpc::CallContext) { return Answer(given); });
  }
  Task<Result<Response>> Answer(const Request& given) {
    asked = given;
    co_return answer;
  }
};

class FakeAccounts final : public auth::v1::AccountService::CallbackService {
 public:
  explicit FakeAccounts(rpc::Calls& calls) : calls_(calls) {}
  ServerUnaryReactor* CreateAccount(CallbackServerContext* context, const auth::v1::CreateAccountRequest* request,
                                    auth::v1::CreateAccountResponse* response) override {
    return create.Reply(calls_, context, request, response);
  }
  ServerUnaryReactor* ListAccounts(CallbackServerContext* context, const auth::v1::ListAccountsRequest* request,
                                   auth::v1::ListAccountsResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const auth::v1::ListAccountsRequest& asked, rpc::CallContext) { return List(asked); });
  }
  ServerUnaryReactor* GetAccount(CallbackServerContext* context, const auth::v1::GetAccountRequest* request,
                                 auth::v1::GetAccountResponse* response) override {
    return get.Reply(calls_, context, request, response);
  }
  ServerUnaryReactor* VerifyConnection(CallbackServerContext* context, const auth::v1::VerifyConnectionRequest* request,
                                       auth::v1::VerifyConnectionResponse* response) override {
    return verify.Reply(calls_, context, request, response);
  }

  Scripted<auth::v1::CreateAccountRequest, auth::v1::CreateAccountResponse> create;
  Scripted<auth::v1::GetAccountRequest, auth::v1::GetAccountResponse> get;
  auth::v1::ListAccountsResponse known;
  int page_size = 1000;  ///< However many are asked for.
  Scripted<auth::v1::VerifyConnectionRequest, auth::v1::VerifyConnectionResponse> verify;

 private:
  Task<Result<auth::v1::ListAccountsResponse>> List(const auth::v1::ListAccountsRequest& asked) {
    auth::v1::ListAccountsResponse page;
    int next = asked.page_token().empty() ? 0 : std::stoi(asked.page_token());
    for (; next < known.accounts_size() && page.accounts_size() < page_size; ++next) {
      *page.add_accounts() = known.accounts(next);
    }
    if (next < known.accounts_size()) page.set_next_page_token(std::to_string(next));
    co_return page;
  }
  rpc::Calls& calls_;
};

/// Knows as many orders as it is told, in pages.
class FakeOrders final : public orders::v1::OrderQueryService::CallbackService {
 public:
  explicit FakeOrders(rpc::Calls& calls) : calls_(calls) {}
  ServerUnaryReactor* ListOrders(CallbackServerContext* context, const orders::v1::ListOrdersRequest* request,
                                 orders::v1::ListOrdersResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const orders::v1::ListOrdersRequest& asked, rpc::CallContext) { return List(asked); });
  }
  ServerUnaryReactor* GetOrder(CallbackServerContext* context, const orders::v1::GetOrderRequest* request,
                               orders::v1::GetOrderResponse* response) override {
    return get.Reply(calls_, context, request, response);
  }
  ServerUnaryReactor* ListSyncStatus(CallbackServerContext* context, const orders::v1::ListSyncStatusRequest* request,
                                     orders::v1::ListSyncStatusResponse* response) override {
    return status.Reply(calls_, context, request, response);
  }

  ServerUnaryReactor* ListUnreadableOrders(CallbackServerContext* context,
                                           const orders::v1::ListUnreadableOrdersRequest* request,
                                           orders::v1::ListUnreadableOrdersResponse* response) override {
    return unreadable.Reply(calls_, context, request, response);
  }
  ServerUnaryReactor* GetUnreadableOrder(CallbackServerContext* context,
                                         const orders::v1::GetUnreadableOrderRequest* request,
                                         orders::v1::GetUnreadableOrderResponse* response) override {
    return one_unreadable.Reply(calls_, context, request, response);
  }

  int known = 0;
  orders::v1::ListOrdersRequest last_request;
  Scripted<orders::v1::ListUnreadableOrdersRequest, orders::v1::ListUnreadableOrdersResponse> unreadable;
  Scripted<orders::v1::GetUnreadableOrderRequest, orders::v1::GetUnreadableOrderResponse> one_unreadable;
  Scripted<orders::v1::GetOrderRequest, orders::v1::GetOrderResponse> get;
  Scripted<orders::v1::ListSyncStatusRequest, orders::v1::ListSyncStatusResponse> status;

 private:
  Task<Result<orders::v1::ListOrdersResponse>> List(const orders::v1::ListOrdersRequest& request) {
    last_request = request;
    orders::v1::ListOrdersResponse page;
    int next = request.page_token().empty() ? 0 : std::stoi(request.page_token());
    for (; next < known && page.orders_size() < request.page_size(); ++next) {
      page.add_orders()->mutable_order()->set_order_id(fmt::format("A-{}", next));
    }
    if (next < known) page.set_next_page_token(std::to_string(next));
    co_return page;
  }
  rpc::Calls& calls_;
};

/// Times that people read are in the zone of the process.
const int kInUtc = setenv("TZ", "UTC", 1);

class RunTest : public ::testing::Test {
 protected:
  RunTest() : network_([this] { io_.run(); }) {
    while (!calls_.open()) std::this_thread::yield();
  }
  ~RunTest() override {
    server_.Drain(0ms);
    io_.stop();
  }

  int Do(std::vector<std::string> words, const std::string& input = "") {
    out_.str("");
    err_.str("");
    std::istringstream in(input);
    return cli::Run(words, around_, {in, out_, err_});
  }
  /// As messages name the auth service.
  std::string Auth() const { return "auth at " + address_ + " (from CDISCOUNT_AUTH_ADDRESS)"; }
  boost::json::value Json() { return boost::json::parse(out_.str()); }

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  telemetry::Metrics metrics_{"test"};
  rpc::Calls calls_{io_.get_executor(), metrics_};
  FakeAccounts accounts_{calls_};
  FakeOrders orders_{calls_};
  const std::vector<rpc::MayCall> rows_ = {{"CreateAccount", {"operator"}},   {"GetAccount", {"operator"}},
                                           {"ListAccounts", {"operator"}},    {"DisableAccount", {"operator"}},
                                           {"EnableAccount", {"operator"}},   {"ReplaceCredentials", {"operator"}},
                                           {"VerifyConnection", {"operator"}}};
  cdiscount::fakes::TokenFile token_;
  rpc::Server server_{{.token_file = token_.path()},
                      {{&accounts_, auth::v1::AccountService::service_full_name(), rows_},
                       {&orders_,
                        orders::v1::OrderQueryService::service_full_name(),
                        {{"GetOrder", {"operator"}},
                         {"ListOrders", {"operator"}},
                         {"ListSyncStatus", {"operator"}},
                         {"ListUnreadableOrders", {"operator"}},
                         {"GetUnreadableOrder", {"operator"}}}}}};
  std::jthread network_;
  const std::string address_ = fmt::format("127.0.0.1:{}", server_.port());
  Surroundings around_{.environment = {{"CDISCOUNT_AUTH_ADDRESS", address_},
                                       {"CDISCOUNT_AUTH_TOKEN_FILE", token_.path()},
                                       {"CDISCOUNT_ORDERS_ADDRESS", address_},
                                       {"CDISCOUNT_ORDERS_TOKEN_FILE", token_.path()},
                                       {"CDISCOUNT_KAFKA", "127.0.0.1:1"}}};
  std::ostringstream out_, err_;
};

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

TEST_F(RunTest, ExitsWithThreeWhenAServerCannotBeReached) {
  around_.environment["CDISCOUNT_AUTH_ADDRESS"] = "127.0.0.1:1";

  EXPECT_EQ(Do({"account", "list"}), kUnreachable);
  EXPECT_THAT(err_.str(),
              AllOf(StartsWith("cdiscountctl: auth at 127.0.0.1:1 (from CDISCOUNT_AUTH_ADDRESS) gave no answer: "
                               "Connection refused: no program "
                               "listens there\n"),
                    HasSubstr("Is it running? ./dev demo starts everything; --auth HOST:PORT names another one.")));
  EXPECT_EQ(Do({"events", "tail", "--timeout", "1"}), kUnreachable);
  EXPECT_THAT(err_.str(), StartsWith("cdiscountctl: kafka at 127.0.0.1:1 (from CDISCOUNT_KAFKA) gave no answer"));
}

TEST_F(RunTest, SaysWhatToDoWhenTheTokenIsMissing) {
  EXPECT_EQ(Do({"account", "list", "--token-file", "/no/such/token"}), kRefused);

  EXPECT_THAT(err_.str(), AllOf(HasSubstr(token_.path()), HasSubstr("--token-file"),
                                HasSubstr("the file /no/such/token does not exist"), HasSubstr("Asked: " + Auth())));
}

TEST_F(RunTest, SendsNoSecretInTheClearToAnotherHost) {
  around_.environment["CDISCOUNT_AUTH_ADDRESS"] = "auth.example:7101";

  const int code =
      Do({"account", "add", "--name", "s", "--seller", "9", "--client-id", "c", "--secret-stdin"}, "hunter2\n");

  EXPECT_EQ(code, kRefused);
  EXPECT_THAT(err_.str(), HasSubstr("refusing to talk to auth.example:7101 in plain text"));
  EXPECT_THAT(accounts_.create.asked.name(), IsEmpty());
}

TEST_F(RunTest, TalksToAServiceWithMutualTls) {
  cdiscount::fakes::CertificateAuthority ca;
  const auto server_pair = ca.Issue("DNS:auth.shop");
  const auto own = ca.Issue("DNS:operator");
  const auto stranger = ca.Issue("DNS:printer");
  FakeAccounts accounts(calls_);
  rpc::Server server(
      {.tls = rpc::MutualTls{server_pair.certificate_chain_file, server_pair.private_key_file, ca.ca_file()}},
      {{&accounts, auth::v1::AccountService::service_full_name(), rows_}});
  const auto words = [&](const http::ServerTls& pair) {
    return std::vector<std::string>{"account",    "list",
                                    "--auth",     fmt::format("127.0.0.1:{}", server.port()),
                                    "--tls-cert", pair.certificate_chain_file,
                                    "--tls-key",  pair.private_key_file};
  };
  around_.environment["CDISCOUNT_TLS_CA"] = ca.ca_file();

  EXPECT_EQ(Do(words(own)), kUnreachable) << "called by its address";
  EXPECT_THAT(err_.str(), HasSubstr("its certificate is for another name"));
  around_.environment["CDISCOUNT_TLS_SERVER_NAME"] = "auth.shop";
  EXPECT_EQ(Do(words(own)), kOk) << err_.str();
  EXPECT_EQ(Do(words(stranger)), kRefused);
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("AccountService/ListAccounts may not be called by printer"),
                                HasSubstr("it is for operator")));
}

TEST_F(RunTest, ExitsWithTwoOnAWrongCommandLine) {
  EXPECT_EQ(Do({"account", "forget"}), kUsage);
  EXPECT_THAT(out_.str(), IsEmpty());
  EXPECT_EQ(
      Do({"account", "add", "--name", "s", "--seller", "9", "--client-id", "c", "--secret-file", "/no/such/file"}),
      kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("/no/such/file does not exist"));
}

TEST_F(RunTest, SaysWhatIsWrongWithACommandLineInJsonWhenAskedTo) {
  EXPECT_EQ(Do({"orders", "lst", "--json"}), kUsage);

  EXPECT_EQ(boost::json::parse(err_.str()), boost::json::parse(R"({"error": {"code": "invalid_argument",
      "message": "unknown command \"lst\"; did you mean \"list\"?", "field": "", "retry_after_seconds": null,
      "asked": ""}})"));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(RunTest, ListsItsCommandsWhenCalledBare) {
  EXPECT_EQ(Do({}), kOk);
  EXPECT_THAT(out_.str(), HasSubstr("cdiscountctl orders list --status IN_PREPARATION"));
}

TEST_F(RunTest, CompletesWhatIsTypedInBash) {
  EXPECT_EQ(Do({"__complete", "orders", "list", "--status", "SHIP"}), kOk);
  EXPECT_EQ(out_.str(), "SHIPPED\t\n");
  EXPECT_EQ(Do({"completion", "bash"}), kOk);
  EXPECT_THAT(out_.str(), HasSubstr("complete -o default -F _cdiscountctl cdiscountctl\n"));
  EXPECT_EQ(Do({"completion", "zsh"}), kOk);
  EXPECT_THAT(out_.str(), StartsWith("#compdef cdiscountctl\n"));
  EXPECT_EQ(Do({"completion", "fish"}), kUsage);
}

TEST_F(RunTest, TellsItsVersion) {
  EXPECT_EQ(Do({"version"}), kOk);
  EXPECT_THAT(out_.str(), StartsWith("cdiscountctl "));
  EXPECT_EQ(Do({"version", "--json"}), kOk);
  EXPECT_FALSE(Json().at("version").as_string().empty());
}

}  // namespace
}  // namespace cdiscount::cli
