#include "arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"

namespace cdiscount::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;
using namespace std::chrono_literals;

const SysTime kNow{std::chrono::seconds{1'790'000'000}};  // 2026-09-21T14:13:20Z

Arguments Parse(const std::vector<std::string>& words) {
  auto parsed = ParseArguments(words, kNow);
  const auto* error = std::get_if<Error>(&parsed);
  EXPECT_EQ(error, nullptr) << error->message;
  return std::holds_alternative<Arguments>(parsed) ? std::get<Arguments>(parsed) : Arguments{};
}

std::string Asked(const std::vector<std::string>& words) {
  const auto arguments = Parse(words);
  return arguments.request ? arguments.request->ShortDebugString() : "";
}

std::string Refused(const std::vector<std::string>& words) {
  auto parsed = ParseArguments(words, kNow);
  if (const auto* error = std::get_if<Error>(&parsed)) return error->message;
  ADD_FAILURE() << "it was taken";
  return {};
}

std::string Explained(const std::vector<std::string>& words) {
  auto parsed = ParseArguments(words, kNow);
  if (const auto* explanation = std::get_if<Explanation>(&parsed)) return explanation->text;
  ADD_FAILURE() << "nothing was explained";
  return {};
}

std::vector<std::string> Completed(const std::vector<std::string>& words) {
  std::vector<std::string> found;
  for (const auto& [word, about] : Complete(words)) found.push_back(word);
  return found;
}

TEST(Arguments, FillTheRequestOfTheirCommand) {
  EXPECT_EQ(Asked({"account", "add", "--name", "shop", "--seller", "98979", "--client-id", "our client"}),
            R"(name: "shop" seller_id: "98979" octopia { client_id: "our client" })");
  EXPECT_EQ(Asked({"account", "verify", "shop"}), R"(account: "shop")");
  EXPECT_EQ(Asked({"orders", "show", "A-1", "--seller", "7"}), R"(seller_id: "7" order_id: "A-1")");
  EXPECT_EQ(Asked({"orders", "list", "--status", "in_preparation", "--limit", "7"}),
            "status: ORDER_STATUS_IN_PREPARATION page_size: 7");
  EXPECT_EQ(Asked({"orders", "unreadable", "show", "shop", "A-1", "--raw"}),
            R"(account_id: "shop" id: "A-1" include_raw: true)");
  EXPECT_EQ(Asked({"sync", "show"}), "");
  EXPECT_EQ(Asked({"events", "tail", "--from-beginning", "--max", "3", "-f"}),
            R"(topic: "cdiscount.order.events.v1" from_beginning: true follow: true last: 10 max: 3)");
}

TEST(Arguments, SayWhereASecretComesFrom) {
  const std::vector<std::string> words = {"account", "credentials", "shop", "--client-id", "abc"};
  auto file = words, input = words;
  file.insert(file.end(), {"--secret-file", "/run/secret"});
  input.emplace_back("--secret-stdin");

  EXPECT_EQ(Parse(file).secret.file, "/run/secret");
  EXPECT_FALSE(Parse(file).secret.standard_input);
  EXPECT_TRUE(Parse(input).secret.standard_input);
}

TEST(Arguments, TakeGlobalFlagsAtEitherEnd) {
  for (const auto& words : {std::vector<std::string>{"--json", "--auth", "h:1", "--timeout", "3", "account", "list"},
                            std::vector<std::string>{"account", "list", "--json", "--auth", "h:1", "--timeout", "3"}}) {
    const auto arguments = Parse(words);

    EXPECT_TRUE(arguments.json);
    EXPECT_EQ(arguments.given.at("--auth"), "h:1");
    EXPECT_EQ(arguments.timeout, 3s);
    EXPECT_EQ(arguments.command->name, "account list");
  }
}

TEST(Arguments, TakeATimeWithItsOffsetOrATimeAgo) {
  const std::pair<std::string, std::string> cases[] = {{"2026-10-06T15:30:00Z", "1791300600"},
                                                       {"2026-10-06T17:30:00+02:00", "1791300600"},
                                                       {"30s", "1789999970"},
                                                       {"90m", "1789994600"},
                                                       {"2 hours ago", "1789992800"},
                                                       {"1 week", "1789395200"},
                                                       {"3d ago", "1789740800"},
                                                       {"10 min", "1789999400"}};
  for (const auto& [text, seconds] : cases) {
    EXPECT_EQ(Asked({"orders", "list", "--since", text}), "page_size: 50 changed_since { seconds: " + seconds + " }")
        << text;
  }
  for (const auto* text : {"yesterday", "2 horses ago", "2026-10-06", "2026-10-06T15:30:00", "2026-13-06T15:30:00Z",
                           "5", "99999999999 weeks", "0000-01-01T00:00:00Z", ""}) {
    EXPECT_THAT(Refused({"orders", "list", "--since", text}), AllOf(HasSubstr("--since"), HasSubstr("2 hours ago")))
        << text;
  }
}

TEST(Arguments, RefuseWhatCannotBeMeant) {
  const struct {
    std::vector<std::string> words;
    const char* text;
  } cases[] = {
      {{"account"}, "a subcommand is missing: add, list, "},
      {{"account", "forget"}, "unknown command \"forget\""},
      {{"account", "verify"}, "account is required"},
      {{"account", "list", "more"}, "unexpected word \"more\""},
      {{"account", "add", "--name", "shop", "--seller", "9"}, "--client-id is required"},
      {{"account", "add", "--name", "s", "--seller", "9", "--client-id", "c", "--secret-file", "f", "--secret-stdin"},
       "--secret-file"},
      {{"orders", "list", "--status", "SOLD"}, "SOLD"},
      {{"orders", "list", "--limit", "0"}, "--limit"},
      {{"events", "tail", "--max", "many"}, "many"},
      {{"account", "list", "--loud"}, "unknown option \"--loud\""},
  };
  for (const auto& [words, text] : cases) EXPECT_THAT(Refused(words), HasSubstr(text));
}

TEST(Arguments, SuggestWhatWasPerhapsMeant) {
  EXPECT_THAT(Refused({"acount", "list"}), HasSubstr("did you mean \"account\"?"));
  EXPECT_THAT(Refused({"orders", "lst"}), HasSubstr("did you mean \"list\"?"));
  EXPECT_THAT(Refused({"orders", "list", "--limt=3"}), HasSubstr("did you mean \"--limit\"?"));
  EXPECT_THAT(Refused({"orders", "list", "--jsno"}), HasSubstr("did you mean \"--json\"?")) << "a global one";
  EXPECT_THAT(Refused({"orders", "frobnicate"}), Not(HasSubstr("did you mean")));
}

TEST(Arguments, AreCompleted) {
  EXPECT_THAT(Completed({"ac"}), ElementsAre("account"));
  EXPECT_THAT(Completed({"orders", ""}), ElementsAre("list", "show", "unreadable"));
  EXPECT_THAT(Completed({"orders", "unreadable", "s"}), ElementsAre("show"));
  EXPECT_THAT(Completed({"orders", "list", "--st"}), ElementsAre("--status"));
  EXPECT_THAT(Completed({"orders", "list", "--status", "SH"}), ElementsAre("SHIPPED"));
  EXPECT_THAT(Completed({"orders", "list", "--tls-c"}), UnorderedElementsAre("--tls-cert", "--tls-ca"));
  for (const auto& [word, about] : Complete({"--"})) EXPECT_THAT(about, Not(HasSubstr("\n"))) << word;
  EXPECT_THAT(Completed({"account", "add", "--secret-file", ""}), ElementsAre()) << "the shell knows files";
}

TEST(Arguments, TakeNoSecretFromTheCommandLine) {
  for (const auto* flag : {"--secret", "--client-secret", "--password"}) {
    EXPECT_THAT(Refused({"account", "add", "--name", "s", "--seller", "9", "--client-id", "c", flag, "hunter2"}),
                AllOf(HasSubstr(flag), Not(HasSubstr("hunter2"))));
  }
}

TEST(Arguments, ExplainThemselves) {
  EXPECT_THAT(Explained({"--help"}), AllOf(HasSubstr("account"), HasSubstr("events"), HasSubstr("Exit codes: 0 done"),
                                           HasSubstr("CDISCOUNT_AUTH_ADDRESS")));
  for (const auto& words : {std::vector<std::string>{}, std::vector<std::string>{"help"}}) {
    EXPECT_THAT(Explained(words), AllOf(HasSubstr("  orders list             Orders, the newest change first\n"),
                                        HasSubstr("  cdiscountctl account verify shop\n")));
  }
  for (const auto& words :
       {std::vector<std::string>{"account", "add", "--help"}, std::vector<std::string>{"help", "account", "add"}}) {
    EXPECT_THAT(Explained(words), AllOf(HasSubstr("Usage: cdiscountctl account add"), HasSubstr("--client-id"),
                                        HasSubstr("Example: cdiscountctl account add --name shop")));
  }
  EXPECT_THAT(Explained({"--version"}), StartsWith("cdiscountctl "));
}

}  // namespace
}  // namespace cdiscount::cli
