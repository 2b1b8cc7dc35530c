// What both engines promise to every store. A unit test on SQLite, an integration test on PostgreSQL.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <future>
#include <thread>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "store/database.hpp"
#include "store/testing/statement_faults.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::store {
namespace {

using namespace std::string_literals;
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
                    {{"id", std::int64_t{9007199254740993}}, {"name", text}, {"flag", true}});
  session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {{"id", 2}, {"name", nullptr}});

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
  session_->Execute("INSERT INTO item (id) VALUES (:a), (:b), (:c)", {{"a", 1}, {"b", 2}, {"c", 3}});

  EXPECT_EQ(session_->Execute("UPDATE item SET flag = :f WHERE id > :id", {{"f", 1}, {"id", 1}}), 2);
  EXPECT_EQ(session_->Execute("UPDATE item SET flag = :f WHERE id > :id", {{"f", 1}, {"id", 99}}), 0);
  EXPECT_EQ(session_->Execute("INSERT INTO item (id) VALUES (:id) ON CONFLICT DO NOTHING", {{"id", 1}}), 0);
  EXPECT_EQ(session_->Execute("DELETE FROM item"), 3);
}

TEST_F(StoreConformance, GivesRowsOfAnUpsertAndCommitsAfterIt) {
  Transaction transaction(*session_);

  const auto rows = transaction.Query(
      "INSERT INTO item (id, name) VALUES (:id, :name) ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING "
      "id",
      {{"id", 5}, {"name", "five"}});
  transaction.Execute("INSERT INTO item (id) VALUES (:id) RETURNING id", {{"id", 6}});
  transaction.Commit();

  EXPECT_EQ(rows.at(0).Int(0), 5);
  EXPECT_EQ(CountItems(), 2);
}

TEST_F(StoreConformance, RefusesANulByteInsteadOfCuttingTheTextThere) {
  EXPECT_EQ(CodeOf([&] {
              session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)",
                                {{"id", 1}, {"name", std::string("a\0b", 3)}});
            }),
            ErrorCode::kInvalidArgument);
}

TEST_F(StoreConformance, TellsAValueThatIsNeverKeptFromAStoreThatIsAway) {
  EXPECT_EQ(CodeOf([&] {
              session_->Execute("INSERT INTO item (id, flag) VALUES (:id, :flag)", {{"id", 1}, {"flag", nullptr}});
            }),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf([&] {
              session_->Execute("INSERT INTO item (id, flag) VALUES (:id, :flag)", {{"id", 1}, {"flag", 1000}});
            }),
            ErrorCode::kInvalidArgument);
  // More than a text may be long: a gigabyte.
  const std::string too_long =
      place_.engine() == Engine::kSqlite ? "hex(zeroblob(600000000))" : "repeat('x', 1073741824)";
  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO item (id, name) VALUES (1, " + too_long + ")"); }),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(CountItems(), 0);
}

TEST_F(StoreConformance, KeepsBytesAsTheyWere) {
  std::string bytes = "\0\xff'\\x41"s;
  session_->ExecuteScript("CREATE TABLE box (id BIGINT PRIMARY KEY, content {blob})");
  session_->Execute("INSERT INTO box (id, content) VALUES (:id, :content)", {{"id", 1}, {"content", Bytes{bytes}}});
  session_->Execute("INSERT INTO box (id, content) VALUES (2, :content)", {{"content", Bytes{}}});
  session_->Execute("INSERT INTO box (id, content) VALUES (3, :content)", {{"content", std::optional<Bytes>()}});

  const auto rows = session_->Query("SELECT content FROM box ORDER BY id");

  EXPECT_EQ(rows.at(0).Bytes("content"), bytes);
  EXPECT_EQ(rows.at(1).Bytes("content"), "");
  EXPECT_EQ(rows.at(2).MaybeBytes("content"), std::nullopt);
  EXPECT_EQ(CodeOf([&] { rows.at(0).Text("content"); }), ErrorCode::kInternal);
}

TEST_F(StoreConformance, KeepsEmptyTextsApartFromAbsence) {
  session_->Execute("INSERT INTO item (id, name) VALUES (1, :name)", {{"name", std::string_view()}});

  EXPECT_EQ(session_->Query("SELECT name FROM item").at(0).MaybeText("name"), "");
}

TEST_F(StoreConformance, BindsByNameInAnyOrderAndARepeatedNameOnce) {
  session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {{"name", "seven"}, {"id", 7}});

  const auto row = session_->QueryOne("SELECT name, id FROM item WHERE id = :ref OR flag = :ref", {{"ref", 7}});

  ASSERT_TRUE(row);
  EXPECT_EQ(row->Int("id"), 7);
  EXPECT_EQ(row->Text("name"), "seven");
  EXPECT_FALSE(session_->QueryOne("SELECT name FROM item WHERE id = :ref", {{"ref", 8}}));
}

TEST_F(StoreConformance, TakesAListAsOneValue) {
  const std::vector<std::int64_t> ids = {1, 3};
  const std::vector<std::string> names = {"plain", "a \"quoted\", \\ {and} \t odd one"};
  session_->Execute("INSERT INTO item (id, name) VALUES (1, :a), (2, :b), (3, :c)",
                    {{"a", names[0]}, {"b", names[1]}, {"c", "another"}});

  const auto by_id = session_->Query("SELECT id FROM item WHERE id IN {ints :ids} ORDER BY id", {{"ids", ids}});
  const auto by_name = session_->Query("SELECT id FROM item WHERE name IN {texts :n} ORDER BY id", {{"n", names}});
  const auto none =
      session_->Query("SELECT id FROM item WHERE id IN {ints :ids}", {{"ids", std::vector<std::int64_t>{}}});

  EXPECT_THAT(by_id.Map([](const Row& row) { return row.Int("id"); }), ::testing::ElementsAre(1, 3));
  EXPECT_THAT(by_name.Map([](const Row& row) { return row.Int("id"); }), ::testing::ElementsAre(1, 2));
  EXPECT_TRUE(none.empty());
}

TEST_F(StoreConformance, GivesNumbersOfItsOwnAndTheTimeInAStatement) {
  session_->ExecuteScript(
      "CREATE TABLE note (id {serial}, tag TEXT NOT NULL DEFAULT {uuid}, at BIGINT NOT NULL DEFAULT {now})");
  const auto before = SystemClock{}.Now();

  const auto first = session_->Query("INSERT INTO note DEFAULT VALUES RETURNING id, tag, at").at(0);
  const auto second = session_->Query("INSERT INTO note (at) VALUES ({now}) RETURNING id, tag, at").at(0);

  EXPECT_LT(first.Int("id"), second.Int("id"));
  EXPECT_EQ(first.Text("tag").size(), 32u);
  EXPECT_NE(first.Text("tag"), second.Text("tag"));
  EXPECT_LT(std::chrono::abs(first.Time("at") - before), std::chrono::minutes{1});
}

TEST_F(StoreConformance, SumsWholeNumbers) {
  session_->Execute("INSERT INTO item (id) VALUES (:a), (:b), (-5)",
                    {{"a", std::int64_t{9007199254740993}}, {"b", std::int64_t{1230000}}});

  EXPECT_EQ(session_->Query("SELECT sum(id) FROM item").at(0).Int(0), 9007199254740993 + 1230000 - 5);
  EXPECT_EQ(session_->Query("SELECT sum(-id) FROM item").at(0).Int(0), -(9007199254740993 + 1230000 - 5));
  EXPECT_EQ(session_->Query("SELECT sum(flag) FROM item").at(0).Int(0), 0);
}

TEST_F(StoreConformance, RefusesAValueWithoutItsPlaceholderAndTheOtherWayRound) {
  const std::string_view sql = "SELECT id FROM item WHERE id = :id AND name = :name";
  EXPECT_EQ(CodeOf([&] { session_->Query(sql, {{"id", 1}}); }), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { session_->Query(sql, {{"id", 1}, {"nam", "x"}}); }), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { session_->Query(sql, {{"id", 1}, {"id", 2}}); }), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { session_->Query("SELECT 1", {{"id", 1}}); }), ErrorCode::kInternal);
}

TEST_F(StoreConformance, NamesTheColumnThatIsNotInTheAnswer) {
  const auto row = session_->Query("SELECT count(*) AS items, max(id) AS last FROM item").at(0);

  EXPECT_EQ(row.Int("items"), 0);
  EXPECT_EQ(row.MaybeInt("last"), std::nullopt);
  EXPECT_EQ(CodeOf([&] { row.Int("first"); }), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { row.Int("last"); }), ErrorCode::kInternal) << "it is NULL";
}

TEST_F(StoreConformance, TellsADuplicateFromAMistakeAndFromABrokenReference) {
  session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {{"id", 1}, {"name", "one"}});

  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}}); }),
            ErrorCode::kAlreadyExists);
  EXPECT_EQ(CodeOf([&] {
              session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {{"id", 2}, {"name", "one"}});
            }),
            ErrorCode::kAlreadyExists);
  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO part (item) VALUES (:id)", {{"id", 9}}); }),
            ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { session_->Query("SELECT nothing FROM nowhere"); }), ErrorCode::kInternal);
  EXPECT_EQ(CountItems(), 1);
}

TEST_F(StoreConformance, RollsBackWhatIsNotCommitted) {
  {
    Transaction transaction(*session_);
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});
  }
  EXPECT_EQ(CountItems(), 0);
}

TEST_F(StoreConformance, KeepsNothingOfATransactionInWhichAStatementFailed) {
  {
    Transaction transaction(*session_);
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});
    EXPECT_THROW(transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}}), StoreError);

    EXPECT_THROW(transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 2}}), StoreError);
    EXPECT_THROW(transaction.Commit(), StoreError);
  }
  EXPECT_EQ(CountItems(), 0);
  Transaction next(*session_);
  EXPECT_EQ(next.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 3}}), 1);
  next.Commit();
}

TEST_F(StoreConformance, KeepsNothingOfATransactionInWhichAValueWasRefusedBeforeItWasSent) {
  {
    Transaction transaction(*session_);
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});
    EXPECT_THROW(
        transaction.Execute("INSERT INTO item (id, name) VALUES (:id, :n)", {{"id", 2}, {"n", std::string("\0", 1)}}),
        StoreError);

    EXPECT_THROW(transaction.Commit(), StoreError);
  }
  EXPECT_EQ(CountItems(), 0);
}

TEST_F(StoreConformance, RollsBackOnePieceAloneAndKeepsWhatIsAroundIt) {
  Transaction transaction(*session_);
  transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});

  const auto refused = transaction.Try([&] {
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 2}});
    transaction.Execute("INSERT INTO item (id, name) VALUES (:id, :name)",
                        {{"id", 3}, {"name", std::string("A\0", 2)}});
  });
  const auto duplicate =
      transaction.Try([&] { transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}}); });
  const auto unwanted = transaction.Try([&]() -> Result<int> {
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 4}});
    return Error{ErrorCode::kConflict, "changed my mind"};
  });
  const auto kept =
      transaction.Try([&] { return transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 5}}); });
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
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});
    const auto inner = transaction.Try([&] {
      transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 2}});
      transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 2}});
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
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});

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

TEST_F(StoreConformance, KeepsNothingWhateverStatementOfATransactionFails) {
  fakes::StatementFaults faults;
  database_.reset();
  session_.reset();
  database_ = Database::Open({.url = place_.url(), .before_statement = faults.Hook()}).value();
  session_ = database_->NewSession();
  const auto insert_two = [&] {
    return RunTask(database_->Run([](Transaction& transaction) {
      for (const int id : {1, 2}) transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", id}});
    }));
  };
  int nth = 1;

  for (;; ++nth) {
    faults.FailStatement(nth);
    const auto status = insert_two();
    if (faults.Disarm()) break;
    EXPECT_THAT(status, FailsWith(ErrorCode::kUnavailable));
    EXPECT_EQ(CountItems(), 0) << "after statement " << nth;
  }

  EXPECT_EQ(nth, 4) << "two statements and a COMMIT";
  EXPECT_EQ(CountItems(), 2);
}

TEST_F(StoreConformance, CallsTheHookAfterTheCommitOfATransactionThatAskedForIt) {
  std::vector<std::int64_t> seen;
  const auto reader = database_->NewSession();
  database_->OnCommit([&] { seen.push_back(reader->Query("SELECT count(*) FROM item").at(0).Int(0)); });
  const auto insert = [](bool notify, Status outcome) {
    return [=](Transaction& transaction) {
      transaction.Execute("INSERT INTO item (id) SELECT count(*) FROM item");
      if (notify) transaction.NotifyOnCommit();
      return outcome;
    };
  };

  EXPECT_THAT(RunTask(database_->Run(insert(false, Ok()))), Succeeds());
  EXPECT_THAT(RunTask(database_->Run(insert(true, Ok()))), Succeeds());
  EXPECT_THAT(RunTask(database_->Run(insert(true, Error{ErrorCode::kConflict, "no"}))),
              FailsWith(ErrorCode::kConflict));
  database_->OnCommit({});
  EXPECT_THAT(RunTask(database_->Run(insert(true, Ok()))), Succeeds());

  EXPECT_THAT(seen, ::testing::ElementsAre(2));
}

TEST_F(StoreConformance, LosesNoUpdateOfManyWriters) {
  session_->Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});
  std::vector<std::thread> writers;

  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&] {
      const auto session = database_->NewSession();
      for (int round = 0; round < 50; ++round) {
        Transaction transaction(*session);
        const auto value =
            transaction.Query("SELECT flag FROM item WHERE id = :id {for update}", {{"id", 1}}).at(0).Int(0);
        transaction.Execute("UPDATE item SET flag = :flag WHERE id = :id", {{"flag", value + 1}, {"id", 1}});
        transaction.Commit();
      }
    });
  }
  for (auto& writer : writers) writer.join();

  EXPECT_EQ(session_->Query("SELECT flag FROM item").at(0).Int(0), 200);
}

TEST_F(StoreConformance, MakesASecondWriterWaitForACommitThatIsHeldOpenWhileReadersGoOn) {
  session_->Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});
  std::promise<void> about_to_write;
  Transaction holder(*session_);
  holder.Execute("UPDATE item SET flag = flag + 1 WHERE id = :id", {{"id", 1}});

  auto second = std::async(std::launch::async, [&] {
    const auto session = database_->NewSession();
    about_to_write.set_value();
    Transaction transaction(*session);
    transaction.Execute("UPDATE item SET flag = flag * 10 WHERE id = :id", {{"id", 1}});
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
  holder.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});

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

  const auto status = RunTask(database_->Run(
      [](Transaction& transaction) { transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}}); }));
  written.set_value();

  EXPECT_THAT(status, Succeeds());
  EXPECT_EQ(reading.get().value(), 0);
  EXPECT_EQ(CountItems(), 1);
}

TEST_F(StoreConformance, RefusesToChangeAnythingInARead) {
  auto insert = [](Transaction& transaction) {
    transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}});
  };
  {
    Transaction reading(*session_, Access::kRead);
    EXPECT_EQ(CodeOf([&] { insert(reading); }), ErrorCode::kInternal);
  }

  EXPECT_THAT(RunTask(database_->Read(insert)), FailsWith(ErrorCode::kInternal));
  EXPECT_EQ(CountItems(), 0);
  EXPECT_EQ(session_->Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}}), 1) << "the session may write again";
}

TEST_F(StoreConformance, RunsWorkAsOneTransactionThatAnErrorRollsBack) {
  auto insert = [&](std::int64_t id, Status outcome) {
    return RunTask(database_->Run([=](Transaction& transaction) -> Result<std::int64_t> {
      transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", id}});
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
          [id](Transaction& transaction) { transaction.Execute("INSERT INTO item (id) VALUES (:id)", {{"id", id}}); });
      EXPECT_THAT(status, Succeeds());
    }
  };
  auto all = [](Database& database, auto insert_all) -> Task<> {
    using namespace boost::asio::experimental::awaitable_operators;
    co_await (insert_all(database, 0) && insert_all(database, 100) && insert_all(database, 200));
  };

  RunTask(io, all(*database_, insert_all));

  EXPECT_EQ(CountItems(), 75);
}

TEST_F(StoreConformance, RefusesWorkAfterItWasClosed) {
  database_->Close();

  EXPECT_THAT(RunTask(database_->Run([](Transaction&) {})), FailsWith(ErrorCode::kCancelled));
}

}  // namespace
}  // namespace cdiscount::store
