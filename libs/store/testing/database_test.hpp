#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/testing/fake_clock.hpp"
#include "core/testing/run_task.hpp"
#include "store/database.hpp"
#include "store/migrations.hpp"
#include "store/testing/statement_faults.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::fakes {

/// The fixture of use cases: an empty database with these schemas, SQLite or the engine that EngineUnderTest names, a
/// clock that the test sets, which is the database's as well, and statements that fail when the test says so.
class DatabaseTest : public ::testing::Test {
 protected:
  explicit DatabaseTest(std::initializer_list<store::MigrationSet> schemas) {
    for (const auto& schema : schemas) store::Migrate(*database_, schema).value();
  }

  template <class T>
  T Run(Task<T> task) {
    return RunTask(io_, std::move(task));
  }
  /// Runs `work(Transaction&)` as a transaction.
  template <class Work>
  auto InTransaction(Work work) {
    return Run(database_->Run(std::move(work)));
  }

  store::Rows Query(const std::string& sql) { return database_->NewSession()->Query(sql); }
  void Execute(const std::string& sql) { database_->NewSession()->Execute(sql); }
  /// The first column of each row, as text.
  std::vector<std::string> Texts(const std::string& sql) {
    return Query(sql).Map([](const store::Row& row) { return row.Text(0); });
  }
  std::int64_t Number(const std::string& sql) { return Query(sql).at(0).Int(0); }
  /// How the engine would run the statement, a step a line. PostgreSQL takes an index where it can, however small the
  /// tables are: with a few rows it would prefer to read them all.
  std::string PlanOf(std::string_view sql, std::initializer_list<store::Bind> values) {
    const auto session = database_->NewSession();
    const bool postgres = place_.engine() == store::Engine::kPostgres;
    if (postgres) session->Execute("SET enable_seqscan = off");
    std::string plan;
    for (const auto& step :
         session->Query((postgres ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + std::string(sql), values)) {
      plan += step.Text(postgres ? 0 : 3) + "\n";
    }
    return plan;
  }

  boost::asio::io_context io_{1};
  FakeClock clock_;
  TestDatabase place_;
  StatementFaults faults_;
  std::function<void(std::string_view)> on_statement_;  // set while no statement runs; called on the store's threads
  std::unique_ptr<store::Database> database_ =
      store::Database::Open({.url = place_.url(),
                             .before_statement =
                                 [this, fail = faults_.Hook()](std::string_view sql) {
                                   if (on_statement_) on_statement_(sql);
                                   fail(sql);
                                 },
                             .now = [this] { return clock_.Now(); }})
          .value();
};

}  // namespace cdiscount::fakes
