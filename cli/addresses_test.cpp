#include "addresses.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace cdiscount::cli {
namespace {

/// As the kernel counts it.
std::string OurStart() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream rest(text.substr(text.rfind(") ") + 2));
  std::string field;
  for (int number = 3; number <= 22; ++number) rest >> field;
  return field;
}

class AddressesTest : public ::testing::Test {
 protected:
  AddressesTest() {
    std::filesystem::create_directories(file_.parent_path());
    chmod(file_.parent_path().c_str(), 0755);
  }
  ~AddressesTest() override { std::filesystem::remove_all(folder_); }

  void DemoSays(const std::string& lines, pid_t pid, const std::string& started) {
    std::ofstream(file_) << lines << "DEMO_PID=" << pid << "\nDEMO_STARTED=" << started << "\n";
    chmod(file_.c_str(), 0644);
  }
  void DemoSays(const std::string& lines) { DemoSays(lines, getpid(), OurStart()); }
  Address FindAuth() const { return FindAddresses({}, {.demo_file = file_}).services.at("auth"); }

  const std::filesystem::path folder_ = [] {
    auto name = (std::filesystem::temp_directory_path() / "addresses-XXXXXX").string();
    return std::filesystem::path(mkdtemp(name.data()));
  }();
  const std::filesystem::path file_ = folder_ / "demo" / "demo.env";
};

TEST_F(AddressesTest, FallBackToTheDefaultPorts) {
  const auto found = FindAddresses({}, {});

  EXPECT_EQ(found.services.at("auth").target, "127.0.0.1:7101");
  EXPECT_EQ(found.services.at("auth").token_file, "auth.token");
  EXPECT_EQ(found.services.at("orders").target, "127.0.0.1:7102");
  EXPECT_EQ(found.services.at("orders").token_file, "order-ingest.token");
  EXPECT_EQ(found.kafka.target, "127.0.0.1:9092");
  EXPECT_EQ(found.kafka_namespace, "");
  EXPECT_EQ(found.services.at("auth").source, "the default");
  EXPECT_FALSE(found.tls);
}

TEST_F(AddressesTest, AllowPlainTextToKafkaOnlyByTheFlagOrTheVariable) {
  Arguments flagged;
  flagged.kafka_allow_plaintext = true;
  EXPECT_TRUE(FindAddresses(flagged, {}).kafka_allow_plaintext);
  EXPECT_TRUE(FindAddresses({}, {.environment = {{"CDISCOUNT_KAFKA_ALLOW_PLAINTEXT", "true"}}}).kafka_allow_plaintext);

  EXPECT_FALSE(FindAddresses({}, {}).kafka_allow_plaintext);
  for (const auto* word : {"", "false", "0", "TRUE"}) {
    EXPECT_FALSE(FindAddresses({}, {.environment = {{"CDISCOUNT_KAFKA_ALLOW_PLAINTEXT", word}}}).kafka_allow_plaintext);
  }
}

TEST_F(AddressesTest, FindTheDemoThatRunsBesideTheBinary) {
  DemoSays(
      "# ports of this run\nCDISCOUNT_AUTH_ADDRESS=127.0.0.1:1\nCDISCOUNT_AUTH_TOKEN_FILE=/demo/auth.token\n"
      "CDISCOUNT_KAFKA=127.0.0.1:3\nCDISCOUNT_KAFKA_NAMESPACE=demo\n");

  const auto found = FindAddresses({}, {.demo_file = file_});

  EXPECT_EQ(found.services.at("auth").target, "127.0.0.1:1");
  EXPECT_EQ(found.services.at("auth").token_file, "/demo/auth.token");
  EXPECT_EQ(found.services.at("auth").source, "the demo (" + file_.string() + ")");
  EXPECT_EQ(found.services.at("orders").target, "127.0.0.1:7102") << "the demo names none";
  EXPECT_EQ(found.kafka.target, "127.0.0.1:3");
  EXPECT_EQ(found.kafka_namespace, "demo");
}

TEST_F(AddressesTest, LookForADemoInOneFolderOnly) {
  const auto binary = std::filesystem::read_symlink("/proc/self/exe");  // build/PRESET/bin/BINARY

  EXPECT_EQ(TheSurroundings().demo_file, binary.parent_path().parent_path().parent_path() / "demo" / "demo.env");
}

TEST_F(AddressesTest, DoNotFollowADemoThatIsGone) {
  const auto gone = fork();
  if (gone == 0) _exit(0);
  ASSERT_GT(gone, 0);
  ASSERT_EQ(waitpid(gone, nullptr, 0), gone);
  DemoSays("CDISCOUNT_AUTH_ADDRESS=127.0.0.1:1\n", gone, OurStart());

  EXPECT_EQ(FindAuth().target, "127.0.0.1:7101");
  EXPECT_EQ(FindAuth().source, "the default; " + file_.string() + " does not count: the demo that wrote it is gone");
}

TEST_F(AddressesTest, DoNotFollowAnotherProcessWithTheDemosNumber) {
  DemoSays("CDISCOUNT_AUTH_ADDRESS=127.0.0.1:1\n", getpid(), "1");
  EXPECT_EQ(FindAuth().target, "127.0.0.1:7101");

  std::ofstream(file_) << "CDISCOUNT_AUTH_ADDRESS=127.0.0.1:1\n";  // names no process
  EXPECT_EQ(FindAuth().target, "127.0.0.1:7101");
}

TEST_F(AddressesTest, DoNotFollowAFileThatOthersCouldHaveWritten) {
  DemoSays("CDISCOUNT_AUTH_ADDRESS=127.0.0.1:1\n");
  ASSERT_EQ(FindAuth().target, "127.0.0.1:1");

  for (const mode_t open : {0664U, 0646U}) {
    chmod(file_.c_str(), open);
    EXPECT_EQ(FindAuth().target, "127.0.0.1:7101");
    EXPECT_TRUE(FindAuth().source.ends_with("another user owns it or may write it")) << FindAuth().source;
  }
  chmod(file_.c_str(), 0644);
  chmod(file_.parent_path().c_str(), 0777);
  EXPECT_EQ(FindAuth().target, "127.0.0.1:7101");
  chmod(file_.parent_path().c_str(), 0755);
  std::filesystem::rename(file_, folder_ / "elsewhere");
  std::filesystem::create_symlink(folder_ / "elsewhere", file_);
  EXPECT_EQ(FindAuth().target, "127.0.0.1:7101");
}

TEST_F(AddressesTest, PreferFlagsOverTheEnvironmentOverTheDemo) {
  DemoSays("CDISCOUNT_AUTH_ADDRESS=127.0.0.1:1\nCDISCOUNT_ORDERS_ADDRESS=127.0.0.1:2\nCDISCOUNT_KAFKA=127.0.0.1:3\n");
  Arguments arguments;
  arguments.given["--kafka"] = "127.0.0.1:33";
  arguments.given["--token-file"] = "given.token";
  arguments.given["--tls-cert"] = "given.pem";

  const auto found = FindAddresses(arguments, {.environment = {{"CDISCOUNT_ORDERS_ADDRESS", "127.0.0.1:22"},
                                                               {"CDISCOUNT_AUTH_TOKEN_FILE", "env.token"},
                                                               {"CDISCOUNT_TLS_CERT", "env.pem"},
                                                               {"CDISCOUNT_TLS_KEY", "env.key"},
                                                               {"CDISCOUNT_KAFKA", "127.0.0.1:333"}},
                                               .demo_file = file_});

  EXPECT_EQ(found.services.at("auth").target, "127.0.0.1:1");
  EXPECT_EQ(found.services.at("auth").token_file, "given.token");
  EXPECT_EQ(found.services.at("orders").target, "127.0.0.1:22");
  EXPECT_EQ(found.services.at("orders").source, "CDISCOUNT_ORDERS_ADDRESS");
  EXPECT_EQ(found.kafka.target, "127.0.0.1:33");
  EXPECT_EQ(found.kafka.source, "--kafka");
  ASSERT_TRUE(found.tls);
  EXPECT_EQ(found.tls->certificate_chain_file, "given.pem");
  EXPECT_EQ(found.tls->private_key_file, "env.key");
}

}  // namespace
}  // namespace cdiscount::cli
