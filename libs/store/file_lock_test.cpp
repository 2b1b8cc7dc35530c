#include "store/file_lock.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "core/testing/result_matchers.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::store {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;

class FileLockTest : public ::testing::Test {
 protected:
  fakes::TestDatabase folder_{Engine::kSqlite};
  std::string path_ = (folder_.directory() / "x.lock").string();
};

TEST_F(FileLockTest, KeepsASecondHolderOutAndNamesTheFirst) {
  const auto first = LockFile(path_);
  ASSERT_THAT(first, Succeeds());

  const auto second = LockFile(path_);

  ASSERT_THAT(second, FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(second.error().message, ::testing::HasSubstr(std::to_string(::getpid())));
}

TEST_F(FileLockTest, IsFreeAgainWhenItsHolderIsKilled) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto held = LockFile(path_);
    ::_exit(held.has_value() ? ::raise(SIGKILL) : 1);
  }
  int outcome = 0;
  ASSERT_EQ(::waitpid(child, &outcome, 0), child);
  ASSERT_TRUE(WIFSIGNALED(outcome)) << "the child did not get the lock";

  EXPECT_THAT(LockFile(path_), Succeeds());
}

TEST_F(FileLockTest, SaysThatAFolderIsMissing) {
  EXPECT_THAT(LockFile((folder_.directory() / "absent" / "x.lock").string()), FailsWith(ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace cdiscount::store
