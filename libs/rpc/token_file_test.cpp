#include "rpc/token_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "core/testing/result_matchers.hpp"
#include "rpc/testing/token_file.hpp"

namespace cdiscount::rpc {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::HasSubstr;

TEST(RpcTokenFile, IsMadeForItsOwnerAloneAndReadAgain) {
  const fakes::TokenFile file;

  const auto made = MakeTokenFile(file.path());
  const auto again = MakeTokenFile(file.path());
  const auto read = ReadTokenFile(file.path());

  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made->Reveal().size(), 64U);
  EXPECT_EQ(*again, *made);
  EXPECT_EQ(*read, *made);
  struct stat found{};
  ASSERT_EQ(stat(file.path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0600U);
}

TEST(RpcTokenFile, DiffersFromServerToServer) {
  const fakes::TokenFile one, other;

  EXPECT_NE(*MakeTokenFile(one.path()), *MakeTokenFile(other.path()));
}

TEST(RpcTokenFile, IsRefusedWhenOthersCouldReadOrWriteIt) {
  const fakes::TokenFile file;
  ASSERT_THAT(MakeTokenFile(file.path()), Succeeds());
  for (const mode_t open : {0604U, 0620U, 0602U, 0644U}) {
    ASSERT_EQ(chmod(file.path().c_str(), open), 0);

    const auto read = MakeTokenFile(file.path());

    ASSERT_THAT(read, FailsWith(ErrorCode::kInvalidArgument));
    EXPECT_THAT(read.error().message, HasSubstr("chmod 600 " + file.path()));
  }
  ASSERT_EQ(chmod(file.path().c_str(), 0640), 0) << "a group of operators may read it";
  EXPECT_THAT(MakeTokenFile(file.path()), Succeeds());
}

TEST(RpcTokenFile, SaysWhatIsWrongWithIt) {
  const fakes::TokenFile file;
  EXPECT_THAT(ReadTokenFile(file.path()).error().message, HasSubstr(file.path() + " does not exist"));
  EXPECT_THAT(MakeTokenFile(file.path() + "/in/no/folder").error().message, HasSubstr("No such file or directory"));
  const auto relative = ReadTokenFile("no.token").error().message;
  EXPECT_THAT(relative, HasSubstr((std::filesystem::current_path() / "no.token").string()));
  std::filesystem::create_directory(file.path());
  EXPECT_THAT(ReadTokenFile(file.path()).error().message, HasSubstr("is a folder"));
  std::filesystem::remove(file.path());
  for (const auto* content : {"", "\n", "short\n", "a line of words that is long enough to be a token\n"}) {
    std::ofstream(file.path()) << content;
    std::filesystem::permissions(file.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_THAT(MakeTokenFile(file.path()).error().message, HasSubstr("holds no token")) << content;
  }
}

}  // namespace
}  // namespace cdiscount::rpc
