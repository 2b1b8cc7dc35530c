// What both engines promise to every store. A unit test on SQLite, an integration test on PostgreSQL.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <future>
#include <thread>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "store/database.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::store {
namespace {

using fakes::FailsWith;
using fakes::RunTask;
using fakes::Succeeds;

ErrorCode CodeOf(const std::function<void()>& statement) {
  try {
    statement();
  } catch (const StoreError& error) {
    return error.code();
  }
  ADD_FAILURE() << "the statement succeeded";
  return ErrorCode::kInternal;
}

class StoreConformance : public ::testing::Test {
 protected:
  StoreConformance() {
    session_->ExecuteScript(
        "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT UNIQUE, flag BIGINT NOT NULL DEFAULT 0 "
        "CHECK (flag < 1000));"
        "CREATE TABLE part (item BIGINT NOT NULL REFERENCES item (id));");
  }
  std::int64_t CountItems() { return session_->Query("SELECT count(*) FROM item").at(0).Int(0); }

  fakes::TestDatabase place_;
  std::unique_ptr<Database> database_ = Database::Open({.url = place_.url(), .threads = 4}).value();
  std::unique_ptr<Session> session_ = database_->NewSession();
};

TEST_F(StoreConformance, KeepsNumbersTextsAndAbsenceAsTheyWere) {
  const std::string text = "d\xc3\xa9j\xc3\xa0 'vu' \"x\" :name $1 ? \n";
  session_->Execute("INSERT INTO item (id, name, flag) VALUES (:id, :name, :flag)",
                    {std::int64_t{9007199254740993}, text, true});
  session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {2, nullptr});

  const auto rows = session_->Query("SELECT id, name, flag, id > 5, count(*) OVER () FROM item ORDER BY id");

  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(rows[0].IsNull(1));
  EXPECT_FALSE(rows[0].Bool(3));
  EXPECT_EQ(rows[1].Int(0), 9007199254740993);
  EXPECT_EQ(rows[1].Text(1), text);
  EXPECT_TRUE(rows[1].Bool(2));
  EXPECT_TRUE(rows[1].Bool(3));
  EXPECT_EQ(rows[1].Int(4), 2);
}

TEST_F(StoreConformance, CountsTheRowsThatAStatementTouched) {
  session_->Execute("INSERT INTO item (id) VALUES (:a), (:b), (:c)", {1, 2, 3});

  EXPECT_EQ(session_->Execute("UPDATE item SET flag = :f WHERE id > :id", {1, 1}), 2);
  EXPECT_EQ(session_->Execute("UPDATE item SET flag = :f WHERE id > :id", {1, 99}), 0);
  EXPECT_EQ(session_->Execute("INSERT INTO item (id) VALUES (:id) ON CONFLICT DO NOTHING", {1}), 0);
  EXPECT_EQ(session_->Execute("DELETE FROM item"), 3);
}

TEST_F(StoreConformance, GivesRowsOfAnUpsertAndCommitsAfterIt) {
  Transaction transaction(*session_);

  const auto rows = transaction.Query(
      "INSERT INTO item (id, name) VALUES (:id, :name) ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING "
      "id",
      {5, "five"});
  transaction.Execute("INSERT INTO item (id) VALUES (:id) RETURNING id", {6});
  transaction.Commit();

  EXPECT_EQ(rows.at(0).Int(0), 5);
  EXPECT_EQ(CountItems(), 2);
}

TEST_F(StoreConformance, RefusesANulByteInsteadOfCuttingTheTextThere) {
  EXPECT_EQ(CodeOf([&] {
              session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {1, std::string("a\0b", 3)});
            }),
            ErrorCode::kInvalidArgument);
}

TEST_F(StoreConformance, TellsAValueThatIsNeverKeptFromAStoreThatIsAway) {
  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO item (id, flag) VALUES (:id, :flag)", {1, nullptr}); }),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO item (id, flag) VALUES (:id, :flag)", {1, 1000}); }),
            ErrorCode::kInvalidArgument);
  // More than a text may be long: a gigabyte.
  const std::string too_long =
      place_.engine() == Engine::kSqlite ? "hex(zeroblob(600000000))" : "repeat('x', 1073741824)";
  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO item (id, name) VALUES (1, " + too_long + ")"); }),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(CountItems(), 0);
}

TEST_F(StoreConformance, RefusesAWrongNumberOfValues) {
  EXPECT_EQ(CodeOf([&] { session_->Query("SELECT :a", {}); }), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { session_->Query("SELECT 1", {1}); }), ErrorCode::kInternal);
}

TEST_F(StoreConformance, TellsADuplicateFromAMistakeAndFromABrokenReference) {
  session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {1, "one"});

  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO item (id) VALUES (:id)", {1}); }), ErrorCode::kAlreadyExists);
  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {2, "one"}); }),
            ErrorCode::kAlreadyExists);
  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO part (item) VALUES (:id)", {9}); }), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { session_->Query("SELECT nothing FROM nowhere"); }), ErrorCode::kInternal);
  EXPECT_EQ(CountItems(), 1);
}

TEST_F(StoreConformance, RollsBackWhatIsNotCommitted) {
  {
    Transaction transaction(*session_);
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {1});
  }
  EXPECT_EQ(CountItems(), 0);
}

TEST_F(StoreConformance, KeepsNothingOfATransactionInWhichAStatementFailed) {
  {
    Transaction transaction(*session_);
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {1});
    EXPECT_THROW(transaction.Execute("INSERT INTO item (id) VALUES (:id)", {1}), StoreError);

    EXPECT_THROW(transaction.Execute("INSERT INTO item (id) VALUES (:id)", {2}), StoreError);
    EXPECT_THROW(transaction.Commit(), StoreError);
  }
  EXPECT_EQ(CountItems(), 0);
  Transaction next(*session_);
  EXPECT_EQ(next.Execute("INSERT INTO item (id) VALUES (:id)", {3}), 1);
  next.Commit();
}

TEST_F(StoreConformance, KeepsNothingOfATransactionInWhichAValueWasRefusedBeforeItWasSent) {
  {
    Transaction transaction(*session_);
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {1});
    EXPECT_THROW(transaction.Execute("INSERT INTO item (id, name) VALUES (:id, :n)", {2, std::string("\0", 1)}),
                 StoreError);

    EXPECT_THROW(transaction.Commit(), StoreError);
  }
  EXPECT_EQ(CountItems(), 0);
}

TEST_F(StoreConformance, RollsBackOnePieceAloneAndKeepsWhatIsAroundIt) {
  Transaction transaction(*session_);
  transaction.Execute("INSERT INTO item (id) VALUES (:id)", {1});

  const auto refused = transaction.Try([&] {
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {2});
    transaction.Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {3, std::string("A\0", 2)});
  });
  const auto duplicate = transaction.Try([&] { transaction.Execute("INSERT INTO item (id) VALUES (:id)", {1}); });
  const auto unwanted = transaction.Try([&]() -> Result<int> {
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {4});
    return Error{ErrorCode::kConflict, "changed my mind"};
  });
  const auto kept = transaction.Try([&] { return transaction.Execute("INSERT INTO item (id) VALUES (:id)", {5}); });
  transaction.Commit();

  EXPECT_THAT(refused, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(duplicate, FailsWith(ErrorCode::kAlreadyExists));
  EXPECT_THAT(unwanted, FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(kept.value(), 1);
  const auto rows = session_->Query("SELECT id FROM item ORDER BY id");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].Int(0), 1);
  EXPECT_EQ(rows[1].Int(0), 5);
}

TEST_F(StoreConformance, RollsBackAPieceOfAPieceAlone) {
  Transaction transaction(*session_);

  const auto outer = transaction.Try([&] {
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {1});
    const auto inner = transaction.Try([&] {
      transaction.Execute("INSERT INTO item (id) VALUES (:id)", {2});
      transaction.Execute("INSERT INTO item (id) VALUES (:id)", {2});
    });
    EXPECT_THAT(inner, FailsWith(ErrorCode::kAlreadyExists));
  });
  transaction.Commit();

  EXPECT_THAT(outer, Succeeds());
  EXPECT_EQ(session_->Query("SELECT id FROM item").at(0).Int(0), 1);
  EXPECT_EQ(CountItems(), 1);
}

TEST_F(StoreConformance, LetsNoPieceHideThatTheStoreIsAway) {
  {
    Transaction transaction(*session_);
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {1});

    EXPECT_EQ(CodeOf([&] {
                transaction.Try([]() -> Status { throw StoreError(ErrorCode::kUnavailable, "the cable was pulled"); });
              }),
              ErrorCode::kUnavailable);
  }
  EXPECT_EQ(CountItems(), 0);
}

TEST_F(StoreConformance, TellsTheTime) {
  const auto before = SystemClock{}.Now();

  const auto now = session_->Now();

  EXPECT_LT(std::chrono::abs(now - before), std::chrono::minutes{1});
}

TEST_F(StoreConformance, LosesNoUpdateOfManyWriters) {
  session_->Execute("INSERT INTO item (id) VALUES (:id)", {1});
  const std::string read =
      "SELECT flag FROM item WHERE id = :id" + std::string(place_.engine() == Engine::kPostgres ? " FOR UPDATE" : "");
  std::vector<std::thread> writers;

  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&] {
      const auto session = database_->NewSession();
      for (int round = 0; round < 50; ++round) {
        Transaction transaction(*session);
        const auto value = transaction.Query(read, {1}).at(0).Int(0);
        transaction.Execute("UPDATE item SET flag = :flag WHERE id = :id", {value + 1, 1});
        transaction.Commit();
      }
    });
  }
  for (auto& writer : writers) writer.join();

  EXPECT_EQ(session_->Query("SELECT flag FROM item").at(0).Int(0), 200);
}

TEST_F(StoreConformance, MakesASecondWriterWaitForACommitThatIsHeldOpenWhileReadersGoOn) {
  session_->Execute("INSERT INTO item (id) VALUES (:id)", {1});
  std::promise<void> about_to_write;
  Transaction holder(*session_);
  holder.Execute("UPDATE item SET flag = flag + 1 WHERE id = :id", {1});

  auto second = std::async(std::launch::async, [&] {
    const auto session = database_->NewSession();
    about_to_write.set_value();
    Transaction transaction(*session);
    transaction.Execute("UPDATE item SET flag = flag * 10 WHERE id = :id", {1});
    transaction.Commit();
  });
  about_to_write.get_future().wait();

  const auto reader = database_->NewSession();
  EXPECT_EQ(reader->Query("SELECT flag FROM item").at(0).Int(0), 0);
  EXPECT_EQ(second.wait_for(std::chrono::milliseconds{50}), std::future_status::timeout);
  holder.Commit();
  second.get();
  EXPECT_EQ(reader->Query("SELECT flag FROM item").at(0).Int(0), 10);
}

TEST_F(StoreConformance, ReadsWhileAWriterHoldsItsTransactionOpen) {
  Transaction holder(*session_);
  holder.Execute("INSERT INTO item (id) VALUES (:id)", {1});

  const auto count = RunTask(database_->Read(
      [](Transaction& transaction) { return transaction.Query("SELECT count(*) FROM item").at(0).Int(0); }));

  ASSERT_THAT(count, Succeeds());
  EXPECT_EQ(*count, 0);
}

TEST_F(StoreConformance, WritesWhileAReadGoesOnThatSeesOneState) {
  std::promise<void> has_read;
  std::promise<void> written;
  auto reading = std::async(std::launch::async, [&] {
    return RunTask(database_->Read([&](Transaction& transaction) {
      const auto before = transaction.Query("SELECT count(*) FROM item").at(0).Int(0);
      has_read.set_value();
      written.get_future().wait();
      return before * 10 + transaction.Query("SELECT count(*) FROM item").at(0).Int(0);
    }));
  });
  has_read.get_future().wait();

  const auto status = RunTask(
      database_->Run([](Transaction& transaction) { transaction.Execute("INSERT INTO item (id) VALUES (:id)", {1}); }));
  written.set_value();

  EXPECT_THAT(status, Succeeds());
  EXPECT_EQ(reading.get().value(), 0);
  EXPECT_EQ(CountItems(), 1);
}

TEST_F(StoreConformance, RefusesToChangeAnythingInARead) {
  auto insert = [](Transaction& transaction) { transaction.Execute("INSERT INTO item (id) VALUES (:id)", {1}); };
  {
    Transaction reading(*session_, Access::kRead);
    EXPECT_EQ(CodeOf([&] { insert(reading); }), ErrorCode::kInternal);
  }

  EXPECT_THAT(RunTask(database_->Read(insert)), FailsWith(ErrorCode::kInternal));
  EXPECT_EQ(CountItems(), 0);
  EXPECT_EQ(session_->Execute("INSERT INTO item (id) VALUES (:id)", {1}), 1) << "the session may write again";
}

TEST_F(StoreConformance, RunsWorkAsOneTransactionThatAnErrorRollsBack) {
  auto insert = [&](std::int64_t id, Status outcome) {
    return RunTask(database_->Run([=](Transaction& transaction) -> Result<std::int64_t> {
      transaction.Execute("INSERT INTO item (id) VALUES (:id)", {id});
      if (!outcome) return outcome.error();
      return id;
    }));
  };

  EXPECT_EQ(insert(1, Ok()).value(), 1);
  EXPECT_THAT(insert(2, Error{ErrorCode::kConflict, "changed my mind"}), FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(insert(1, Ok()), FailsWith(ErrorCode::kAlreadyExists));
  EXPECT_EQ(CountItems(), 1);
}

TEST_F(StoreConformance, TurnsAnyExceptionOfTheWorkIntoAnError) {
  const auto status = RunTask(database_->Run([](Transaction&) { throw std::out_of_range("no such line"); }));

  ASSERT_THAT(status, FailsWith(ErrorCode::kInternal));
  EXPECT_THAT(status.error().message, ::testing::HasSubstr("no such line"));
}

TEST_F(StoreConformance, ServesManyCallersAtOnce) {
  boost::asio::io_context io;
  auto insert_all = [](Database& database, int from) -> Task<> {
    for (int id = from; id < from + 25; ++id) {
      auto status = co_await database.Run(
          [id](Transaction& transaction) { transaction.Execute("INSERT INTO item (id) VALUES (:id)", {id}); });
      EXPECT_THAT(status, Succeeds());
    }
  };
  auto all = [&insert_all](Database& database) -> Task<> {
    using namespace boost::asio::experimental::awaitable_operators;
    co_await (insert_all(database, 0) && insert_all(database, 100) && insert_all(database, 200));
  };

  RunTask(io, all(*database_));

  EXPECT_EQ(CountItems(), 75);
}

TEST_F(StoreConformance, RefusesWorkAfterItWasClosed) {
  database_->Close();

  EXPECT_THAT(RunTask(database_->Run([](Transaction&) {})), FailsWith(ErrorCode::kCancelled));
}

}  // namespace
}  // namespace cdiscount::store
