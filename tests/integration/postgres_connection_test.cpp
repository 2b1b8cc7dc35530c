// Faults that only a server can cause, such as connections that are cut.
#include <future>
#include <random>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "store/database.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::store {
namespace {

using fakes::FailsWith;
using fakes::RunTask;
using fakes::Succeeds;

class PostgresConnectionTest : public ::testing::Test {
 protected:
  PostgresConnectionTest() { session_->ExecuteScript("CREATE TABLE item (id BIGINT PRIMARY KEY)"); }

  Status Insert(int id) {
    return RunTask(database_->Run(
        [id](Transaction& transaction) { transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", id}}); }));
  }

  fakes::TestDatabase place_{Engine::kPostgres};
  std::unique_ptr<Database> database_ = Database::Open({.url = place_.url(), .threads = 1}).value();
  std::unique_ptr<Session> session_ = database_->NewSession();
};

TEST_F(PostgresConnectionTest, BeginsTheNextTransactionOnANewConnectionWhenTheOldOneWasCut) {
  ASSERT_THAT(Insert(1), Succeeds());

  place_.CutConnections();

  EXPECT_THAT(Insert(2), Succeeds());
  EXPECT_THAT(Insert(3), Succeeds());
}

TEST_F(PostgresConnectionTest, LosesATransactionWhoseConnectionIsCutAndSaysSo) {
  auto status = RunTask(database_->Run([&](Transaction& transaction) {
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});
    place_.CutConnections();
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 2}});
  }));

  EXPECT_THAT(status, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(Insert(1), Succeeds()) << "the first insert was kept";
}

TEST_F(PostgresConnectionTest, UsesASessionOutsideATransactionAgainAfterItsConnectionWasCut) {
  place_.CutConnections();

  EXPECT_THROW(session_->Query("SELECT 1"), StoreError);
  EXPECT_EQ(session_->Query("SELECT 1").at(0).Int(0), 1);
}

TEST_F(PostgresConnectionTest, TellsASerialisationFailureFromAMistake) {
  ASSERT_THAT(Insert(1), Succeeds());
  ASSERT_THAT(Insert(2), Succeeds());
  const auto other = database_->NewSession();
  Transaction mine(*session_);
  mine.Query("SELECT id FROM item WHERE id = :id {for update}", {{"id", 1}});
  std::promise<void> locked;
  auto deadlock = std::async(std::launch::async, [&] {
    Transaction theirs(*other);
    theirs.Query("SELECT id FROM item WHERE id = :id {for update}", {{"id", 2}});
    locked.set_value();
    theirs.Query("SELECT id FROM item WHERE id = :id {for update}", {{"id", 1}});
  });
  locked.get_future().wait();

  std::optional<ErrorCode> code;
  try {
    mine.Query("SELECT id FROM item WHERE id = :id {for update}", {{"id", 2}});
    mine.Commit();
    deadlock.get();
  } catch (const StoreError& error) {
    code = error.code();
  }

  EXPECT_EQ(code, ErrorCode::kUnavailable);
}

TEST_F(PostgresConnectionTest, TellsAValueThatItNeverKeepsFromAMistake) {
  session_->ExecuteScript("CREATE TABLE value (small SMALLINT, name TEXT UNIQUE)");
  std::string long_name;  // incompressible: an index compresses before it counts
  std::minstd_rand noise(7);
  while (long_name.size() < 20'000) long_name += static_cast<char>('!' + noise() % 90);
  auto code_of = [&](std::string_view sql, const Value& value) {
    try {
      session_->Execute(sql, {{"n", value}});
    } catch (const StoreError& error) {
      EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr(long_name.substr(0, 20))));
      return error.code();
    }
    ADD_FAILURE() << "kept: " << sql;
    return ErrorCode::kInternal;
  };

  EXPECT_EQ(code_of("INSERT INTO value (name) VALUES (:n)", long_name), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of("INSERT INTO value (small) VALUES (:n)", 40'000), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of("INSERT INTO value (name) VALUES (:n)", "caf\xe9"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of("INSERT INTO nowhere (name) VALUES (:n)", "x"), ErrorCode::kInternal);
}

TEST_F(PostgresConnectionTest, NamesTheServerThatDoesNotAnswerWithoutThePassword) {
  const auto opened = Database::Open({.url = "postgresql://user:hunter2@127.0.0.1:1/none"});

  ASSERT_THAT(opened, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(opened.error().message, ::testing::HasSubstr("127.0.0.1"));
  EXPECT_THAT(opened.error().message, ::testing::Not(::testing::HasSubstr("hunter2")));
}

}  // namespace
}  // namespace cdiscount::store
