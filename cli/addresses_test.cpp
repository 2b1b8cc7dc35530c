#include "addresses.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace cdiscount::cli {
namespace {

class AddressesTest : public ::testing::Test {
 protected:
  AddressesTest() { std::filesystem::create_directories(folder_ / "build/demo"); }
  ~AddressesTest() override { std::filesystem::remove_all(folder_); }

  void DemoSays(const std::string& lines) { std::ofstream(folder_ / "build/demo/demo.env") << lines; }

  const std::filesystem::path folder_ = [] {
    auto name = (std::filesystem::temp_directory_path() / "addresses-XXXXXX").string();
    return std::filesystem::path(mkdtemp(name.data()));
  }();
};

TEST_F(AddressesTest, FallBackToTheDefaultPorts) {
  const auto found = FindAddresses({}, {});

  EXPECT_EQ(found.auth.target, "127.0.0.1:7101");
  EXPECT_EQ(found.orders.target, "127.0.0.1:7102");
  EXPECT_EQ(found.kafka.target, "127.0.0.1:9092");
  EXPECT_EQ(found.kafka_namespace, "");
  EXPECT_EQ(found.auth.source, "the default");
}

TEST_F(AddressesTest, FindARunningDemoFromAFolderInside) {
  DemoSays("# ports of this run\nDEMO_PID=" + std::to_string(getpid()) +
           "\nCDISCOUNT_AUTH_ADDRESS=127.0.0.1:1\nCDISCOUNT_KAFKA=127.0.0.1:3\nCDISCOUNT_KAFKA_NAMESPACE=demo\n");

  const auto found = FindAddresses({}, {.look_from = {"/", folder_ / "build/dev/bin"}});

  EXPECT_EQ(found.auth.target, "127.0.0.1:1");
  EXPECT_EQ(found.auth.source, "the demo's build/demo/demo.env");
  EXPECT_EQ(found.orders.target, "127.0.0.1:7102") << "the demo names none";
  EXPECT_EQ(found.kafka.target, "127.0.0.1:3");
  EXPECT_EQ(found.kafka_namespace, "demo");
}

TEST_F(AddressesTest, DoNotFollowADemoThatIsGone) {
  const auto gone = fork();
  if (gone == 0) _exit(0);
  ASSERT_GT(gone, 0);
  ASSERT_EQ(waitpid(gone, nullptr, 0), gone);
  DemoSays("DEMO_PID=" + std::to_string(gone) + "\nCDISCOUNT_AUTH_ADDRESS=127.0.0.1:1\n");

  EXPECT_EQ(FindAddresses({}, {.look_from = {folder_}}).auth.target, "127.0.0.1:7101");
}

TEST_F(AddressesTest, PreferFlagsOverTheEnvironmentOverTheDemo) {
  DemoSays("CDISCOUNT_AUTH_ADDRESS=127.0.0.1:1\nCDISCOUNT_ORDERS_ADDRESS=127.0.0.1:2\nCDISCOUNT_KAFKA=127.0.0.1:3\n");
  Arguments arguments;
  arguments.kafka = "127.0.0.1:33";

  const auto found = FindAddresses(
      arguments, {.environment = {{"CDISCOUNT_ORDERS_ADDRESS", "127.0.0.1:22"}, {"CDISCOUNT_KAFKA", "127.0.0.1:333"}},
                  .look_from = {folder_}});

  EXPECT_EQ(found.auth.target, "127.0.0.1:1");
  EXPECT_EQ(found.orders.target, "127.0.0.1:22");
  EXPECT_EQ(found.orders.source, "CDISCOUNT_ORDERS_ADDRESS");
  EXPECT_EQ(found.kafka.target, "127.0.0.1:33");
  EXPECT_EQ(found.kafka.source, "--kafka");
}

}  // namespace
}  // namespace cdiscount::cli
