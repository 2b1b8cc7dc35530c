// Secrets among the settings, and the files that hold them.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "settings/testing/settings_test.hpp"

namespace cdiscount::settings {
namespace {

using fakes::SettingsTest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(SettingsTest, NeverShowsASecret) {
  ASSERT_EQ(Load("database: {url: a, password: hunter2}"), "");
  EXPECT_THAT(table_.Print(), AllOf(HasSubstr("database.password = ***  (x.yaml, line 1)"), Not(HasSubstr("hunter2"))));

  const auto problem = Load("database: {url: a, password: 'file:/no/such/file'}");
  EXPECT_THAT(problem, AllOf(HasSubstr("database.password: \"***\" the file /no/such/file does not exist")));
}

TEST_F(SettingsTest, ReadsASecretFromAFile) {
  const auto path = std::filesystem::path(::testing::TempDir()) / ("secret-" + std::to_string(getpid()));
  std::ofstream(path) << "hunter2\n";

  const auto problems = Load("database: {url: a, password: 'file:" + path.string() + "'}");
  std::filesystem::remove(path);

  ASSERT_EQ(problems, "");
  EXPECT_EQ(settings_.password, "hunter2");
}

TEST_F(SettingsTest, SaysWhatIsWrongWithASecretFile) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / ("secrets-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const auto problem = [&](const std::string& content) {
    std::ofstream(folder / "file", std::ios::binary) << content;
    return Load("database: {url: a, password: 'file:" + (folder / "file").string() + "'}");
  };

  EXPECT_THAT(problem(""), HasSubstr("file is empty"));
  EXPECT_THAT(problem("\n"), HasSubstr("file is empty"));
  EXPECT_THAT(problem(std::string(70'000, 'x')), HasSubstr("file is larger than 64 KiB"));
  EXPECT_THAT(problem("hun\xE2\x80\x8Bter2"), AllOf(HasSubstr("file holds U+200B"), Not(HasSubstr("ter2"))));
  EXPECT_THAT(Load("database: {url: a, password: 'file:" + folder.string() + "'}"), HasSubstr("is a folder"));
  EXPECT_EQ(problem("\xEF\xBB\xBFhunter2\xC2\xA0\r\n"), "");
  EXPECT_EQ(settings_.password, "hunter2");
  EXPECT_EQ(problem("\"hunter2\""), "") << "a file holds the secret itself, so quotes belong to it";
  EXPECT_EQ(settings_.password, "\"hunter2\"");
  std::filesystem::remove_all(folder);
}

TEST_F(SettingsTest, ShowsNoPartOfASecretInAProblem) {
  const auto problems = Load(
      "kafka.properties: 'sasl.password=hunt;er2@x'\n"
      "database: {url: \"postgresql://u:hunt@er2@h\\n/d\", password: \"hunt\\ner2\"}\n",
      {{"CDISCOUNT_ORDER_INGEST__KAFKA__PROPERTIES__SASL__PASSWORD", "'hunt;er2'"}});

  EXPECT_THAT(problems,
              AllOf(HasSubstr("kafka.properties: \"***\" is no text"), HasSubstr("database.url: \"***\" holds"),
                    HasSubstr("database.password: \"***\" holds U+000A"),
                    HasSubstr("kafka.properties.sasl.password: \"***\" stands in quotes")));
  EXPECT_THAT(problems, AllOf(Not(HasSubstr("hunt")), Not(HasSubstr("er2"))));
  EXPECT_THAT(Load("kafka.properties: {sasl.password=hunter2}\n\"password hunter2\": x\n"),
              AllOf(HasSubstr("kafka.properties.sasl.password...: has no value"), HasSubstr("password...: unknown key"),
                    Not(HasSubstr("hunter2"))));
}

}  // namespace
}  // namespace cdiscount::settings
