// Only SQLite has these: a file, its mode, its lock, its settings.
#include <sys/stat.h>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "store/database.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::store {
namespace {

using fakes::FailsWith;
using fakes::RunTask;
using fakes::Succeeds;

class SqliteDatabaseTest : public ::testing::Test {
 protected:
  fakes::TestDatabase place_{Engine::kSqlite};
};

TEST_F(SqliteDatabaseTest, IsDurableAndReadableByItsOwnerAlone) {
  const auto database = Database::Open({.url = place_.url()}).value();

  const auto session = database->NewSession();

  EXPECT_EQ(session->Query("PRAGMA journal_mode").at(0).Text(0), "wal");
  EXPECT_EQ(session->Query("PRAGMA synchronous").at(0).Int(0), 2);  // FULL
  EXPECT_EQ(session->Query("PRAGMA foreign_keys").at(0).Int(0), 1);
  struct stat file{};
  ASSERT_EQ(::stat((place_.directory() / "test.db").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777u, 0600u);
}

TEST_F(SqliteDatabaseTest, IsOpenedOnceAtATime) {
  auto first = Database::Open({.url = place_.url()});
  ASSERT_THAT(first, Succeeds());

  EXPECT_THAT(Database::Open({.url = place_.url()}), FailsWith(ErrorCode::kConflict));

  first->reset();
  EXPECT_THAT(Database::Open({.url = place_.url()}), Succeeds());
}

TEST_F(SqliteDatabaseTest, NamesTheFolderThatIsMissing) {
  const auto opened = Database::Open({.url = "sqlite://" + (place_.directory() / "absent" / "x.db").string()});

  ASSERT_THAT(opened, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(opened.error().message, ::testing::HasSubstr("absent"));
}

TEST_F(SqliteDatabaseTest, KeepsAWholeNumberOf64BitsInAColumnOfAnyDeclaredType) {
  const auto database = Database::Open({.url = place_.url()}).value();
  const auto session = database->NewSession();
  session->ExecuteScript("CREATE TABLE t (a INTEGER, b BIGINT, c INT)");

  session->Execute("INSERT INTO t VALUES (:n, :n, :n)", {{"n", std::int64_t{1790000000123456}}});

  const auto rows = session->Query("SELECT a, b, c, count(*), coalesce(a, 0) FROM t");
  EXPECT_EQ(rows.at(0).Int(0), 1790000000123456);
  EXPECT_EQ(rows.at(0).Int(1), 1790000000123456);
  EXPECT_EQ(rows.at(0).Int(2), 1790000000123456);
  EXPECT_EQ(rows.at(0).Int(3), 1);
}

TEST_F(SqliteDatabaseTest, GivesWhatItsWorkReturnsAndKeepsTheCallerOnItsExecutor) {
  const auto database = Database::Open({.url = place_.url()}).value();
  boost::asio::io_context io;
  const auto network_thread = std::this_thread::get_id();
  auto task = [](Database& db, std::thread::id caller) -> Task<Result<std::int64_t>> {
    auto sum = co_await db.Run([caller](Transaction& transaction) -> std::int64_t {
      if (std::this_thread::get_id() == caller) return -1;
      return transaction.Query("SELECT 40 + :two", {{"two", 2}}).at(0).Int(0);
    });
    if (std::this_thread::get_id() != caller) co_return Error{ErrorCode::kInternal, "resumed on another thread"};
    co_return sum;
  };

  const auto sum = RunTask(io, task(*database, network_thread));

  ASSERT_THAT(sum, Succeeds());
  EXPECT_EQ(*sum, 42);
}

}  // namespace
}  // namespace cdiscount::store
