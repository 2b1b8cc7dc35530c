// The way to a service: tokens, TLS, exit codes; and the commands that need none.
#include "run.hpp"

#include "http/testing/certificates.hpp"
#include "testing/run_test.hpp"

namespace cdiscount::cli {
namespace {

using fakes::FakeAccounts;
using fakes::RunTest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

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
