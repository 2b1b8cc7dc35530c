// The file when other processes open it, when the disk is full, and when its process is killed. The process that has
// the database open is a child here: POSIX file locks belong to a process, so one process cannot show any of it.
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "store/database.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::store {
namespace {

using fakes::FailsWith;
using fakes::RunTask;
using ::testing::HasSubstr;

/// Runs `work` in a process of its own and gives its exit code.
int InAnotherProcess(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Looks into a database as any program does: opens, reads, closes. Gives the number of items it saw.
int CountAsAStranger(const std::string& path) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  int count = -1;
  if (sqlite3_open(path.c_str(), &database) == SQLITE_OK &&
      sqlite3_prepare_v2(database, "SELECT count(*) FROM item", -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    count = sqlite3_column_int(statement, 0);
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return count;
}

/// A process that has the database open, with a session beside that of its store thread as every service has, and does
/// what it is told by one letter.
class Writer {
 public:
  explicit Writer(const std::string& url) {
    EXPECT_EQ(::pipe(orders_.data()), 0);
    EXPECT_EQ(::pipe(answers_.data()), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      try {
        Serve(url);
      } catch (const std::exception& error) {
        std::fputs(error.what(), stderr);
      }
      ::_exit(1);
    }
    ::close(orders_[0]);
    ::close(answers_[1]);  // so that a read ends when the child does
  }
  ~Writer() {
    Kill();
    ::close(orders_[1]);
    ::close(answers_[0]);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// True when the write was acknowledged.
  bool Write() { return Tell('w'); }
  void LimitFileSize() { Tell('f'); }
  void LiftLimit() { Tell('l'); }
  void Kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }

 private:
  bool Tell(char order) {
    char answer = 0;
    EXPECT_EQ(::write(orders_[1], &order, 1), 1);
    EXPECT_EQ(::read(answers_[0], &answer, 1), 1) << "the writing process has ended";
    EXPECT_NE(answer, '!') << "the write failed otherwise than with kUnavailable";
    return answer == '+';
  }

  void Serve(const std::string& url) {
    ::signal(SIGXFSZ, SIG_IGN);  // a file that is too large is an error of write, then
    const auto database = Database::Open({.url = url}).value();
    const auto other = database->NewSession();
    other->ExecuteScript("CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
    char order = 0;
    while (::read(orders_[0], &order, 1) == 1) {
      const char answer = Obey(*database, order);
      if (::write(answers_[1], &answer, 1) != 1) return;
    }
  }

  static char Obey(Database& database, char order) {
    if (order != 'w') {
      rlimit limit{};
      ::getrlimit(RLIMIT_FSIZE, &limit);
      limit.rlim_cur = order == 'f' ? rlim_t{262'144} : limit.rlim_max;
      return ::setrlimit(RLIMIT_FSIZE, &limit) == 0 ? '+' : '!';
    }
    const auto status = RunTask(database.Run([](Transaction& transaction) {
      transaction.Execute("INSERT INTO item (text) VALUES (:text)", {{"text", std::string(20'000, 'x')}});
    }));
    database.NewSession()->Query("SELECT 1");  // sessions come and go
    if (status) return '+';
    return status.error().code == ErrorCode::kUnavailable ? '-' : '!';
  }

  std::array<int, 2> orders_{};
  std::array<int, 2> answers_{};
  pid_t child_ = -1;
};

class SqliteFileTest : public ::testing::Test {
 protected:
  std::string Path() const { return (place_.directory() / "test.db").string(); }
  std::int64_t Count(const std::string& url) {
    const auto database = Database::Open({.url = url}).value();
    return database->NewSession()->Query("SELECT count(*) FROM item").at(0).Int(0);
  }

  fakes::TestDatabase place_{Engine::kSqlite};
};

TEST_F(SqliteFileTest, LosesNoAcknowledgedWriteWhenAStrangerReadsTheFileBetweenAndTheProcessIsKilled) {
  Writer writer(place_.url());
  EXPECT_TRUE(writer.Write());
  EXPECT_EQ(InAnotherProcess([&] { return CountAsAStranger(Path()); }), 1);
  EXPECT_TRUE(writer.Write());
  EXPECT_EQ(InAnotherProcess([&] { return CountAsAStranger(Path()); }), 2);
  EXPECT_TRUE(writer.Write());

  writer.Kill();

  EXPECT_EQ(Count(place_.url()), 3);
}

TEST_F(SqliteFileTest, LosesNoAcknowledgedWriteWhenTheDiskIsFullAndGoesOnWhenThereIsRoom) {
  Writer writer(place_.url());
  int acknowledged = 0;
  for (; acknowledged < 3; ++acknowledged) ASSERT_TRUE(writer.Write());
  writer.LimitFileSize();
  while (acknowledged < 100 && writer.Write()) ++acknowledged;
  EXPECT_GT(acknowledged, 3);
  EXPECT_LT(acknowledged, 100) << "the limit was never met";
  EXPECT_FALSE(writer.Write());

  writer.LiftLimit();
  for (int i = 0; i < 3; ++i) acknowledged += writer.Write() ? 1 : 0;
  writer.Kill();

  EXPECT_EQ(Count(place_.url()), acknowledged);
}

TEST_F(SqliteFileTest, OpensACopyOfALiveFileWithWhatItHoldsAndLeavesTheOriginalAlone) {
  Writer writer(place_.url());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(writer.Write());
  const auto copy = (place_.directory() / "copy.db").string();
  for (const std::string part : {"", "-wal"}) {
    EXPECT_EQ(InAnotherProcess([&] { return std::filesystem::copy_file(Path() + part, copy + part) ? 0 : 1; }), 0);
  }

  EXPECT_EQ(Count("sqlite://" + copy), 3);

  EXPECT_TRUE(writer.Write());
  writer.Kill();
  EXPECT_EQ(Count(place_.url()), 4);
}

TEST_F(SqliteFileTest, RefusesAFileThatIsNoDatabaseAndSaysSo) {
  std::ofstream(Path()) << std::string(8192, 'x');

  const auto opened = Database::Open({.url = place_.url()});

  ASSERT_THAT(opened, FailsWith(ErrorCode::kInternal));
  EXPECT_THAT(opened.error().message, HasSubstr("restore a backup"));
}

TEST_F(SqliteFileTest, MakesNoNewDatabaseBesideTheLogOfAnotherOne) {
  std::ofstream(Path() + "-wal") << "writes that were acknowledged";

  const auto opened = Database::Open({.url = place_.url()});

  ASSERT_THAT(opened, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(opened.error().message, HasSubstr("test.db-wal"));
  EXPECT_FALSE(std::filesystem::exists(Path()));
}

TEST_F(SqliteFileTest, IsLockedUnderAllItsNames) {
  const auto database = Database::Open({.url = place_.url()}).value();
  const auto link = place_.directory() / "link.db";
  std::filesystem::create_symlink(Path(), link);

  EXPECT_THAT(Database::Open({.url = "sqlite://" + link.string()}), FailsWith(ErrorCode::kConflict));
}

}  // namespace
}  // namespace cdiscount::store
