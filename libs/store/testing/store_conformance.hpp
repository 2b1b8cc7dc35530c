#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "store/database.hpp"
#include "store/store_error.hpp"
#include "store/testing/test_database.hpp"

// The suite that both engines pass: *_conformance_test.cpp, unit tests on SQLite and an integration test on PostgreSQL.
namespace cdiscount::fakes {

/// The code of the StoreError that `statement` throws; the test fails when it throws none.
inline ErrorCode CodeOf(const std::function<void()>& statement) {
  try {
    statement();
  } catch (const store::StoreError& error) {
    return error.code();
  }
  ADD_FAILURE() << "the statement succeeded";
  return ErrorCode::kInternal;
}

/// A database with the tables `item` and `part`, on the engine that EngineUnderTest names.
class StoreConformance : public ::testing::Test {
 protected:
  StoreConformance() {
    session_->ExecuteScript(
        "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT UNIQUE, flag BIGINT NOT NULL DEFAULT 0 "
        "CHECK (flag < 1000));"
        "CREATE TABLE part (item BIGINT NOT NULL REFERENCES item (id));");
  }
  std::int64_t CountItems() { return session_->Query("SELECT count(*) FROM item").at(0).Int(0); }

  TestDatabase place_;
  std::unique_ptr<store::Database> database_ = store::Database::Open({.url = place_.url(), .threads = 4}).value();
  std::unique_ptr<store::Session> session_ = database_->NewSession();
};

}  // namespace cdiscount::fakes
