#include "core/ready_file.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/testing/result_matchers.hpp"

namespace cdiscount {
namespace {

TEST(ReadyFile, IsWholeOrNotThere) {
  const auto path = ::testing::TempDir() + "ready." + std::to_string(getpid()) + ".json";

  ASSERT_TRUE(WriteReadyFile(path, {{"control", 4432}, {"api", 4431}}));
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), "{\"pid\":" + std::to_string(getpid()) + ",\"ports\":{\"api\":4431,\"control\":4432}}\n");
  EXPECT_FALSE(std::filesystem::exists(path + "." + std::to_string(getpid())));
  EXPECT_THAT(WriteReadyFile("/no/such/place.json", {}), fakes::FailsWith(ErrorCode::kUnavailable));

  RemoveReadyFile(path);
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace cdiscount
