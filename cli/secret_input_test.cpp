#include "secret_input.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::cli {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SecretInput, ReadsTheFirstLineOfAFile) {
  const auto path = std::filesystem::path(::testing::TempDir()) / ("secret-input-" + std::to_string(getpid()));
  std::istringstream nothing;

  for (const auto* text : {"hunter2", "hunter2\n", "hunter2\r\n", "hunter2\nmore\n", "\n hunter2 \n",
                           "\xEF\xBB\xBFhunter2\r\n", "hunter2\xC2\xA0\n", "hunter2\xE2\x80\x8B"}) {
    std::ofstream(path) << text;
    const auto secret = ReadSecret({.file = path.string()}, nothing, "Secret");
    ASSERT_THAT(secret, Succeeds()) << text;
    EXPECT_EQ(secret->Reveal(), "hunter2");
  }
  std::ofstream(path) << "\n";
  EXPECT_THAT(ReadSecret({.file = path.string()}, nothing, "Secret"), FailsWith(ErrorCode::kInvalidArgument));
  std::filesystem::remove(path);
  const auto missing = ReadSecret({.file = path.string()}, nothing, "Secret");
  ASSERT_THAT(missing, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(missing.error().message, HasSubstr(path.string() + " does not exist"));
}

TEST(SecretInput, SaysWhatIsWrongWithAFileAndNeverWhatItHolds) {
  const auto path = std::filesystem::path(::testing::TempDir()) / ("secret-wrong-" + std::to_string(getpid()));
  std::istringstream nothing;
  const std::pair<std::string, std::string> cases[] = {
      {"", path.string() + " is empty"},
      {" \n\xC2\xA0\n", path.string() + " is empty"},
      {std::string(70'000, 'x'), path.string() + " is larger than 64 KiB"},
      {"hun\xE2\x80\x8Bter2\n", path.string() + " holds U+200B, which cannot be seen, at position 4"},
      {"hun\x1Bter2\n", path.string() + " holds U+001B"},
      {"hun\xE9ter2\n", path.string() + " holds the byte 0xe9"},
  };
  for (const auto& [content, problem] : cases) {
    std::ofstream(path, std::ios::binary) << content;

    const auto secret = ReadSecret({.file = path.string()}, nothing, "Secret");

    ASSERT_THAT(secret, FailsWith(ErrorCode::kInvalidArgument)) << problem;
    EXPECT_THAT(secret.error().message, AllOf(HasSubstr(problem), Not(HasSubstr("ter2"))));
  }
  std::filesystem::remove(path);
  const auto folder = ReadSecret({.file = ::testing::TempDir()}, nothing, "Secret");
  ASSERT_THAT(folder, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(folder.error().message, HasSubstr("is a folder"));
}

TEST(SecretInput, ReadsStandardInput) {
  std::istringstream input("hunter2\n"), nothing;

  EXPECT_EQ(ReadSecret({.standard_input = true}, input, "Secret")->Reveal(), "hunter2");
  EXPECT_THAT(ReadSecret({.standard_input = true}, nothing, "Secret"), FailsWith(ErrorCode::kInvalidArgument));
}

/// The output of a terminal at whose prompt `keys` are typed, and the outcome.
std::string Type(const std::string& keys) {
  int terminal = -1;
  const auto child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    std::istringstream nothing;
    const auto secret = ReadSecret({}, nothing, "Client secret");
    const auto result = secret ? secret->Reveal() == "hunter2" ? "RIGHT" : "WRONG" : "GIVEN UP";
    if (write(STDOUT_FILENO, result, std::char_traits<char>::length(result)) < 0) _exit(1);
    _exit(0);
  }
  std::string shown;
  bool typed = false;
  char byte = 0;
  while (read(terminal, &byte, 1) == 1) {
    shown += byte;
    if (!typed && shown.ends_with(": "))
      typed = write(terminal, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size());
  }
  close(terminal);
  waitpid(child, nullptr, 0);
  return shown;
}

TEST(SecretInput, AsksOnTheTerminalWithoutShowingWhatIsTyped) {
  EXPECT_THAT(Type("hunter2\n"),
              AllOf(HasSubstr("Client secret (not shown): "), HasSubstr("RIGHT"), Not(HasSubstr("hunter"))));
}

TEST(SecretInput, TakesBackWhatWasMistyped) {
  EXPECT_THAT(Type("hunter3\x7F"
                   "2\r"),
              HasSubstr("RIGHT"));
  EXPECT_THAT(Type("wrong\x15hunter2\n"), HasSubstr("RIGHT"));
}

TEST(SecretInput, GivesUpOnCtrlC) {
  EXPECT_THAT(Type("hun\x03"), HasSubstr("GIVEN UP"));
}

}  // namespace
}  // namespace cdiscount::cli
