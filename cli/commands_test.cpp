// Each command names fields that exist; what a new row gets wrong fails here.
#include <gmock/gmock.h>

#include <iomanip>
#include <sstream>

#include "command.hpp"
#include "values.hpp"

namespace cdiscount::cli {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

TEST(Commands, FillFieldsThatExist) {
  for (const auto& command : Commands()) {
    for (const auto& flag : command.flags) {
      EXPECT_NO_THROW(FindField(*command.request, flag.field)) << command.name << " " << flag.name;
      EXPECT_THAT(flag.help, Not(IsEmpty())) << command.name << " " << flag.name;
    }
  }
}

TEST(Commands, AreTheirOwnExamples) {
  for (const auto& command : Commands()) {
    std::vector<std::string> words;
    std::istringstream text(command.name + " " + command.example);
    for (std::string word; text >> std::quoted(word);) words.push_back(word);

    const auto parsed = ParseArguments(words);

    ASSERT_TRUE(std::holds_alternative<Arguments>(parsed)) << command.name << ": " << std::get<Error>(parsed).message;
    EXPECT_EQ(std::get<Arguments>(parsed).command, &command);
  }
}

TEST(Commands, AreListedWithWhatTheyAndTheirGroupsDo) {
  for (const auto& command : Commands()) {
    EXPECT_THAT(command.help, Not(IsEmpty())) << command.name;
    for (auto space = command.name.find(' '); space != std::string::npos; space = command.name.find(' ', space + 1)) {
      EXPECT_THAT(AboutGroup(command.name.substr(0, space)), Not(IsEmpty())) << command.name;
    }
  }
}

}  // namespace
}  // namespace cdiscount::cli
