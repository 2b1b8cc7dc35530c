#include "settings/table.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "settings/testing/settings_test.hpp"
#include "settings/values.hpp"

namespace cdiscount::settings {
namespace {

using fakes::Mode;
using fakes::SettingsTest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

TEST_F(SettingsTest, TakesDefaultsForMissingValues) {
  ASSERT_EQ(Load("database.url: sqlite://x"), "");

  EXPECT_EQ(settings_.url, "sqlite://x");
  EXPECT_EQ(settings_.port, 7102);
  EXPECT_EQ(settings_.period, 15s);
  EXPECT_EQ(settings_.idle, 60s);
  EXPECT_EQ(settings_.limit, 4U * 1024 * 1024);
  EXPECT_EQ(settings_.mode, Mode::kPlain);
  EXPECT_TRUE(settings_.password.empty());
}

TEST_F(SettingsTest, ReadsTheFileInBothWaysOfWriting) {
  ASSERT_EQ(Load("# all of it\n"
                 "database: {url: 'sqlite://x', password: hunter2}\n"
                 "data.folder: /tmp/y\n"
                 "grpc:\n  reflection: true\n  port: 0\n  message_limit: 64KiB\n"
                 "polling.period: 200000ms\n"
                 "polling: {idle: 2m}\n"
                 "output.mode: fancy\n"),
            "");

  EXPECT_EQ(settings_.folder, "/tmp/y");
  EXPECT_EQ(settings_.password, "hunter2");
  EXPECT_TRUE(settings_.reflection);
  EXPECT_EQ(settings_.port, 0);
  EXPECT_EQ(settings_.limit, 65536U);
  EXPECT_EQ(settings_.period, 200s);
  EXPECT_EQ(settings_.idle, 120s);
  EXPECT_EQ(settings_.mode, Mode::kFancy);
}

TEST_F(SettingsTest, LetsTheEnvironmentWinOverTheFile) {
  EXPECT_EQ(EnvironmentName("order-ingest", "grpc.message_limit"), "CDISCOUNT_ORDER_INGEST__GRPC__MESSAGE_LIMIT");

  ASSERT_EQ(
      Load("database.url: sqlite://file\ngrpc.port: 1", {{"CDISCOUNT_ORDER_INGEST__DATABASE__URL", "sqlite://env"},
                                                         {"CDISCOUNT_AUTH__GRPC__PORT", "2"},
                                                         {"PATH", "/usr/bin"}}),
      "");

  EXPECT_EQ(settings_.url, "sqlite://env");
  EXPECT_EQ(settings_.port, 1) << "the other service's variable is not ours";
}

TEST_F(SettingsTest, NamesEachProblemWithKeyValueAndRemedy) {
  const struct {
    std::string yaml;
    std::string problem;
  } cases[] = {
      {"polling.period: soon", "polling.period: \"soon\" must be a duration from 1s to 1h, written like"},
      {"polling.period: 15", "polling.period: \"15\" must be a duration"},
      {"polling.period: 2h", "polling.period: \"2h\" must be a duration from 1s to 1h"},
      {"polling.idle: 1500ms", "polling.idle: \"1500ms\" must be a multiple of 1s"},
      {"grpc.port: 70000", "grpc.port: \"70000\" must be a whole number from 0 to 65535 (x.yaml, line 2)"},
      {"grpc.port: 0x10", "grpc.port: \"0x10\" must be a whole number"},
      {"grpc.reflection: yes", "grpc.reflection: \"yes\" must be true or false"},
      {"grpc.message_limit: 1GiB", "grpc.message_limit: \"1GiB\" must be a size from 1KiB to 64MiB"},
      {"output.mode: loud", "output.mode: \"loud\" must be one of plain, fancy"},
      {"poling.period: 15s", "poling.period: unknown key (x.yaml, line 2); did you mean polling.period?"},
      {"colour: red", "colour: unknown key (x.yaml, line 2); --print-settings-manual lists the keys"},
      {"database: {url: b}", "database.url: given twice (x.yaml, line 1, and x.yaml, line 2); keep one"},
      {"database.url: b", "database.url: given twice"},
      {"grpc: {port: [1, 2]}", "grpc.port: a list is no value here"},
      {"data.folder:", "data.folder: has no value"},
      {"kafka.properties: a=1;b=2", "kafka.properties: \"***\" is no text: write one line for each name"},
      {"data.folder: \"a\\nb\"", "data.folder: \"a\\nb\" holds U+000A, which cannot be seen, at position 2"},
      {"data.folder: \"a\\u200Bb\"", "data.folder: \"a\\u200bb\" holds U+200B"},
      {"data.folder: '\"/tmp/y\"'", "data.folder: \"\"/tmp/y\"\" stands in quotes, which are part of the value here"},
      {"a: {b", "x.yaml: is not YAML"},
      {"---\nb: 1", "x.yaml: holds 2 YAML documents"},
  };
  for (const auto& [yaml, problem] : cases) {
    EXPECT_THAT(Load("database.url: a\n" + yaml), HasSubstr(problem)) << yaml;
  }
  EXPECT_THAT(Load("- a\n- b"), HasSubstr("x.yaml: must hold lines \"key: value\""));
}

TEST_F(SettingsTest, NamesAllProblemsAtOnce) {
  const auto problems = Load("grpc.port: x\ncolour: red", {{"CDISCOUNT_ORDER_INGEST__POLLING__PERIOD", "0"},
                                                           {"CDISCOUNT_ORDER_INGEST__POLING__IDLE", "1m"}});

  EXPECT_THAT(
      problems,
      AllOf(HasSubstr("grpc.port: \"x\""), HasSubstr("colour: unknown key"),
            HasSubstr("polling.period: \"0\" must be a duration from 1s to 1h, written like 200ms, 15s, 10m, 1h or "
                      "7d (CDISCOUNT_ORDER_INGEST__POLLING__PERIOD)"),
            HasSubstr("CDISCOUNT_ORDER_INGEST__POLING__IDLE: unknown variable; did you mean "
                      "CDISCOUNT_ORDER_INGEST__POLLING__IDLE?")));
}

TEST_F(SettingsTest, CatchesAVariableWithOneUnderscoreButLeavesOthersAlone) {
  EXPECT_THAT(Load("database.url: a", {{"CDISCOUNT_ORDER_INGEST_GRPC_PORT", "1"}}),
              HasSubstr("CDISCOUNT_ORDER_INGEST_GRPC_PORT: has no effect; write CDISCOUNT_ORDER_INGEST__GRPC__PORT"));
  EXPECT_EQ(Load("database.url: a", {{"CDISCOUNT_ORDER_INGEST_SERVICE_HOST", "10.0.0.1"}}), "");
}

TEST_F(SettingsTest, TakesOffWhatAMountOrAPasteAddsAtTheEnds) {
  ASSERT_EQ(Load("data.folder: \" /tmp/y\\n\"\noutput.mode: \"fancy\\r\\n\"",
                 {{"CDISCOUNT_ORDER_INGEST__DATABASE__URL", "sqlite://x.db\n"},
                  {"CDISCOUNT_ORDER_INGEST__GRPC__PORT", "5\n"},
                  {"CDISCOUNT_ORDER_INGEST__DATABASE__PASSWORD", "\xEF\xBB\xBFhunter2\xE2\x80\x8B"}}),
            "");

  EXPECT_EQ(settings_.url, "sqlite://x.db");
  EXPECT_EQ(settings_.folder, "/tmp/y");
  EXPECT_EQ(settings_.mode, Mode::kFancy);
  EXPECT_EQ(settings_.port, 5);
  EXPECT_EQ(settings_.password, "hunter2");
}

TEST_F(SettingsTest, ReadsAMapFromTheFileAndFromVariables) {
  const auto path = std::filesystem::path(::testing::TempDir()) / ("map-" + std::to_string(getpid()));
  std::ofstream(path) << "p;a@s=s\n";

  const auto problems = Load(
      "database.url: a\n"
      "kafka:\n"
      "  properties:\n"
      "    security.protocol: SASL_SSL\n"
      "    sasl.username: file\n"
      "    sasl.password: file:" +
          path.string() +
          "\n"
          "    ssl.ca.pem: \"-----BEGIN\\n-----END\\n\"\n",
      {{"CDISCOUNT_ORDER_INGEST__KAFKA__PROPERTIES__SASL__USERNAME", "env;=@\n"}});
  std::filesystem::remove(path);

  ASSERT_EQ(problems, "");
  EXPECT_EQ(settings_.properties, (std::map<std::string, std::string>{{"security.protocol", "SASL_SSL"},
                                                                      {"sasl.username", "env;=@"},
                                                                      {"sasl.password", "p;a@s=s"},
                                                                      {"ssl.ca.pem", "-----BEGIN\n-----END"}}));
  EXPECT_THAT(table_.Print(),
              AllOf(HasSubstr("kafka.properties.sasl.password = ***  (x.yaml, line 6)\n"),
                    HasSubstr("kafka.properties.sasl.username = ***  (CDISCOUNT_ORDER_INGEST__KAFKA__PROPERTIES__SASL__"
                              "USERNAME)\n")));
}

TEST_F(SettingsTest, RefusesTheSignsOfYamlThatCutAValue) {
  for (const std::string value : {"&hunter2", "&hunter2 x", "& hunter2", "*hunter2", "* hunter2", "!hunter2 x",
                                  "! hunter2", "!!str hunter2", "&hun,ter2"}) {
    const auto problem = Load("database:\n  url: a\n  password: " + value + "\n");

    EXPECT_THAT(problem,
                AllOf(HasSubstr("password: begins with " + value.substr(0, 1)), HasSubstr("put the text in quotes"),
                      HasSubstr("x.yaml, line 3"), Not(HasSubstr("ter2"))));
    EXPECT_EQ(Load("database:\n  url: a\n  password: '" + value + "'\n"), "");
    EXPECT_EQ(settings_.password, value);
  }
  EXPECT_THAT(Load("\xEF\xBB\xBF&a database.url: a"), HasSubstr("database.url: begins with &"));
  EXPECT_THAT(Load("database: &all {url: a}\nkafka.properties: *all"), HasSubstr("database: begins with &"));
}

TEST_F(SettingsTest, PrintsWhatIsInForceAndWhereItComesFrom) {
  ASSERT_EQ(Load("database.url: a", {{"CDISCOUNT_ORDER_INGEST__GRPC__PORT", "5"}}), "");

  EXPECT_THAT(table_.Print(), AllOf(HasSubstr("database.url = a  (x.yaml, line 1)\n"),
                                    HasSubstr("grpc.port = 5  (CDISCOUNT_ORDER_INGEST__GRPC__PORT)\n"),
                                    HasSubstr("polling.period = 15s  (default)\n")));
}

TEST_F(SettingsTest, WritesItsOwnManual) {
  EXPECT_THAT(table_.Manual("order-ingest"),
              AllOf(HasSubstr("## order-ingest\n"), HasSubstr("`CDISCOUNT_ORDER_INGEST__DATABASE__URL`"),
                    HasSubstr("| `database.url` | text | `sqlite://x.db` | not empty | Where orders are kept. |\n"),
                    HasSubstr("| `polling.period` | duration | `15s` | 1s to 1h | Between polls. |\n"),
                    HasSubstr("| `grpc.message_limit` | size, bytes | `4MiB` | 1KiB to 64MiB | Of one message. |\n"),
                    HasSubstr("| `output.mode` | choice | `plain` | plain, fancy | How it looks. |\n")));
}

TEST_F(SettingsTest, HasEachDefaultInItsOwnRange) {
  for (const auto& row : table_.rows()) {
    const auto set = row.set(row.fallback);
    EXPECT_TRUE(set.has_value()) << row.key;
  }
}

TEST_F(SettingsTest, RefusesAKeyThatStandsInTheTableTwice) {
  std::string other;
  EXPECT_THROW(table_.Text("database.url", other, "Again."), std::logic_error);
  EXPECT_THROW(table_.Text("Database", other, "Capitals."), std::logic_error);
  EXPECT_THROW(table_.Text("a__b", other, "Is a.b in the environment."), std::logic_error);
}

TEST(SettingValues, AreWrittenAsTheyAreRead) {
  for (const auto* text : {"0", "1ms", "90s", "2m", "1h", "7d", "1500ms"}) {
    ASSERT_TRUE(ParseDuration(text)) << text;
    EXPECT_EQ(FormatDuration(*ParseDuration(text)), text);
  }
  for (const auto* text : {"0", "1", "1000", "64KiB", "16MiB", "3GiB"}) {
    ASSERT_TRUE(ParseSize(text)) << text;
    EXPECT_EQ(FormatSize(*ParseSize(text)), text);
  }
  for (const auto* text : {"", "s", "-1s", "1 s", "1.5s", "1w", "99999999999999999999s", "9223372036854775807d"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
  for (const auto* text : {"", "KiB", "-1", "1kb", "64 KiB"}) EXPECT_FALSE(ParseSize(text)) << text;
}

}  // namespace
}  // namespace cdiscount::settings
