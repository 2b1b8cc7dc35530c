#include "core/read_file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/testing/result_matchers.hpp"

namespace cdiscount {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::HasSubstr;

class ReadFileTest : public ::testing::Test {
 protected:
  ~ReadFileTest() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& text, mode_t mode = 0600) {
    const auto path = (folder_ / "file").string();
    std::ofstream(path, std::ios::binary) << text;
    chmod(path.c_str(), mode);
    return path;
  }
  static std::string Problem(const std::string& path, FileRules rules = {}) {
    const auto read = ReadFile(path, rules);
    EXPECT_THAT(read, FailsWith(ErrorCode::kInvalidArgument));
    return read ? "" : read.error().message;
  }

  const std::filesystem::path folder_ = [] {
    auto name = (std::filesystem::temp_directory_path() / "read-file-XXXXXX").string();
    return std::filesystem::path(mkdtemp(name.data()));
  }();
};

TEST_F(ReadFileTest, GivesTheWholeContent) {
  EXPECT_EQ(ReadFile(File("a\nb\n")), "a\nb\n");
  EXPECT_EQ(ReadFile(File("")), "");
  EXPECT_EQ(ReadFile(File(std::string(70'000, 'x')), {.limit = 70'000}), std::string(70'000, 'x'));
}

TEST_F(ReadFileTest, FollowsTheLinksOfAKubernetesMount) {
  std::filesystem::create_directory(folder_ / "..2026_11_25");
  std::ofstream(folder_ / "..2026_11_25" / "secret") << "hunter2";
  std::filesystem::create_directory_symlink("..2026_11_25", folder_ / "..data");
  std::filesystem::create_symlink("..data/secret", folder_ / "secret");

  EXPECT_EQ(ReadFile((folder_ / "secret").string()), "hunter2");
}

TEST_F(ReadFileTest, SaysWhichOfMissingFolderTooOpenAndTooLargeItIs) {
  EXPECT_THAT(Problem((folder_ / "none").string()), HasSubstr("none does not exist"));
  EXPECT_THAT(Problem(folder_.string()), HasSubstr("is a folder"));
  EXPECT_THAT(Problem((folder_ / "file" / "under").string()), HasSubstr("does not exist"));
  EXPECT_THAT(Problem(File(std::string(1025, 'x')), {.limit = 1024}), HasSubstr("is larger than 1 KiB"));
  EXPECT_THAT(Problem("/dev/zero"), HasSubstr("is larger than 64 KiB"));
  if (geteuid() != 0) EXPECT_THAT(Problem(File("x", 0000)), HasSubstr("cannot be read by this user"));
}

TEST_F(ReadFileTest, RefusesASecretThatOthersCanReadOrWrite) {
  for (const mode_t open : {0604U, 0620U, 0602U, 0644U, 0666U}) {
    const auto path = File("x", open);
    EXPECT_THAT(Problem(path, {.kind = FileKind::kSecret}), HasSubstr("run: chmod 600 " + path));
  }
  for (const mode_t closed : {0600U, 0400U, 0440U, 0640U}) {
    EXPECT_THAT(ReadFile(File("x", closed), {.kind = FileKind::kSecret}), Succeeds()) << closed;
  }
}

TEST_F(ReadFileTest, RefusesASecretThatIsNoFile) {
  const auto pipe = (folder_ / "pipe").string();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);

  EXPECT_THAT(Problem(pipe, {.kind = FileKind::kSecret}), HasSubstr("is no regular file"));
}

TEST_F(ReadFileTest, RefusesAnOwnSecretOfAnotherUser) {
  // CI runs as root, so it never skips this.
  if (geteuid() != 0) GTEST_SKIP() << "it needs a file of a third user, and only root can give a file away";
  const auto path = File("x");
  ASSERT_EQ(chown(path.c_str(), 65534, 65534), 0);

  EXPECT_THAT(Problem(path, {.kind = FileKind::kOwnSecret}), HasSubstr("belongs to another user (65534)"));
  EXPECT_THAT(ReadFile(path, {.kind = FileKind::kSecret}), Succeeds());
}

TEST_F(ReadFileTest, MakesAFileForItsOwnerAloneAndOnlyOnce) {
  const auto path = (folder_ / "made").string();

  ASSERT_THAT(CreateFileIfMissing(path, "first"), Succeeds());
  ASSERT_THAT(CreateFileIfMissing(path, "second"), Succeeds());

  EXPECT_EQ(ReadFile(path, {.kind = FileKind::kOwnSecret}), "first");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1) << "nothing is left beside it";
}

TEST_F(ReadFileTest, SaysWhyAFileCannotBeMadeAndWhereItShouldLie) {
  const auto made = CreateFileIfMissing("no-such-folder/made", "x");

  ASSERT_THAT(made, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(made.error().message,
            "the file " + (std::filesystem::current_path() / "no-such-folder/made").string() +
                " cannot be made: No such file or directory; name one in a folder that exists and that "
                "this user can write");
}

}  // namespace
}  // namespace cdiscount
