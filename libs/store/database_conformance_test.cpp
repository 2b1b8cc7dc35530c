// Work that is handed to a database: run on its threads, beside that of other callers, readers and writers. Part of the
// suite that both engines pass: testing/store_conformance.hpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "store/testing/store_conformance.hpp"

namespace cdiscount::store {
namespace {

using fakes::FailsWith;
using fakes::RunTask;
using fakes::StoreConformance;
using fakes::Succeeds;

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
