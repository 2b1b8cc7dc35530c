#include "arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cdiscount::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

Arguments Parse(const std::vector<std::string>& words) {
  auto parsed = ParseArguments(words);
  const auto* explanation = std::get_if<Explanation>(&parsed);
  EXPECT_EQ(explanation, nullptr) << explanation->text;
  return explanation != nullptr ? Arguments{} : std::get<Arguments>(parsed);
}

Explanation Refused(const std::vector<std::string>& words) {
  auto parsed = ParseArguments(words);
  if (auto* explanation = std::get_if<Explanation>(&parsed)) return *explanation;
  ADD_FAILURE() << "it was taken";
  return {};
}

TEST(Arguments, DescribeAnAccountToAdd) {
  const auto arguments = Parse({"account", "add", "--name", "shop", "--seller", "98979", "--client-id", "our client",
                                "--secret-file", "/run/secret"});

  const auto& add = std::get<AccountAdd>(arguments.command);
  EXPECT_EQ(add.name, "shop");
  EXPECT_EQ(add.seller_id, "98979");
  EXPECT_EQ(add.channel, "");
  EXPECT_EQ(add.client_id, "our client");
  EXPECT_EQ(add.secret.file, "/run/secret");
  EXPECT_FALSE(add.secret.standard_input);
}

TEST(Arguments, TakeGlobalFlagsAtEitherEnd) {
  for (const auto& words : {std::vector<std::string>{"--json", "--auth", "h:1", "--timeout", "3", "account", "list"},
                            std::vector<std::string>{"account", "list", "--json", "--auth", "h:1", "--timeout", "3"}}) {
    const auto arguments = Parse(words);

    EXPECT_TRUE(arguments.json);
    EXPECT_EQ(arguments.auth, "h:1");
    EXPECT_EQ(arguments.timeout, 3s);
    EXPECT_TRUE(std::holds_alternative<AccountList>(arguments.command));
  }
}

TEST(Arguments, KnowEachCommand) {
  EXPECT_EQ(std::get<AccountVerify>(Parse({"account", "verify", "shop"}).command).account, "shop");
  EXPECT_EQ(std::get<AccountDisable>(Parse({"account", "disable", "shop"}).command).account, "shop");
  EXPECT_EQ(std::get<AccountEnable>(Parse({"account", "enable", "shop"}).command).account, "shop");
  EXPECT_TRUE(std::get<AccountCredentials>(
                  Parse({"account", "credentials", "shop", "--client-id", "abc", "--secret-stdin"}).command)
                  .secret.standard_input);
  EXPECT_EQ(std::get<OrdersShow>(Parse({"orders", "show", "A-1", "--seller", "7"}).command).seller_id, "7");
  EXPECT_EQ(std::get<SyncShow>(Parse({"sync", "show"}).command).account, "");
  EXPECT_TRUE(std::holds_alternative<PrintVersion>(Parse({"version"}).command));

  const auto list =
      std::get<OrdersList>(Parse({"orders", "list", "--status", "in_preparation", "--limit", "7"}).command);
  EXPECT_EQ(list.limit, 7);

  const auto tail = std::get<EventsTail>(Parse({"events", "tail", "--from-beginning", "--max", "3", "-f"}).command);
  EXPECT_EQ(tail.topic, "cdiscount.order.events.v1");
  EXPECT_TRUE(tail.from_beginning);
  EXPECT_TRUE(tail.follow);
  EXPECT_EQ(tail.max, 3);
  EXPECT_EQ(std::get<EventsTail>(Parse({"events", "tail"}).command).max, std::nullopt);
}

TEST(Arguments, RefuseWhatCannotBeMeant) {
  const struct {
    std::vector<std::string> words;
    const char* text;
  } cases[] = {
      {{}, "subcommand"},
      {{"account"}, "subcommand"},
      {{"account", "forget"}, "forget"},
      {{"account", "verify"}, "account is required"},
      {{"account", "add", "--name", "shop", "--seller", "9"}, "--client-id is required"},
      {{"account", "add", "--name", "s", "--seller", "9", "--client-id", "c", "--secret-file", "f", "--secret-stdin"},
       "--secret-file"},
      {{"orders", "list", "--status", "SOLD"}, "SOLD"},
      {{"orders", "list", "--limit", "0"}, "--limit"},
      {{"events", "tail", "--max", "many"}, "many"},
      {{"account", "list", "--loud"}, "--loud"},
  };
  for (const auto& [words, text] : cases) {
    const auto refused = Refused(words);

    EXPECT_EQ(refused.exit_code, kUsage);
    EXPECT_THAT(refused.text, HasSubstr(text));
  }
}

TEST(Arguments, TakeNoSecretFromTheCommandLine) {
  for (const auto* flag : {"--secret", "--client-secret", "--password"}) {
    EXPECT_EQ(
        Refused({"account", "add", "--name", "s", "--seller", "9", "--client-id", "c", flag, "hunter2"}).exit_code,
        kUsage);
  }
}

TEST(Arguments, ExplainThemselves) {
  const auto help = Refused({"--help"});
  EXPECT_EQ(help.exit_code, kOk);
  EXPECT_THAT(help.text, AllOf(HasSubstr("account"), HasSubstr("events"), HasSubstr("Exit codes: 0 done"),
                               HasSubstr("CDISCOUNT_AUTH_ADDRESS")));
  EXPECT_EQ(Refused({"account", "add", "--help"}).exit_code, kOk);
}

}  // namespace
}  // namespace cdiscount::cli
