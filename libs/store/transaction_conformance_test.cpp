// Transactions: all of one is kept or nothing, and a piece can be rolled back alone. Part of the suite that both
// engines pass: testing/store_conformance.hpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "store/testing/statement_faults.hpp"
#include "store/testing/store_conformance.hpp"

namespace cdiscount::store {
namespace {

using fakes::CodeOf;
using fakes::FailsWith;
using fakes::RunTask;
using fakes::StoreConformance;
using fakes::Succeeds;

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

}  // namespace
}  // namespace cdiscount::store
