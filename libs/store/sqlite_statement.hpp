#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "store/dialect.hpp"
#include "store/row.hpp"
#include "store/value.hpp"

namespace cdiscount::store {

struct CloseSqliteStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using SqliteStatementHandle = std::unique_ptr<sqlite3_stmt, CloseSqliteStatement>;

/// A prepared statement of one connection, to be run many times. For the thread of its session. `sql` is the text
/// before its tokens were expanded, for what is thrown.
class SqliteStatement {
 public:
  /// `handle` is what SQLite prepared from `text`.
  SqliteStatement(StatementText text, SqliteStatementHandle handle);

  const std::shared_ptr<const Columns>& columns() const { return columns_; }

  /// Binds the values and steps to the end, with `take_row()` at each row. When SQLite refuses, calls `fail()`, which
  /// throws; the connection has the error at that time. Throws StoreError for values that do not fit the statement.
  template <class TakeRow, class Fail>
  void Run(std::string_view sql, std::span<const Bind> binds, TakeRow take_row, Fail fail) {
    const ResetAtEnd reset(handle_.get());
    text_.ForEach(binds, [&](std::size_t index, const Value& value) {
      if (BindOne(index, value, sql) != SQLITE_OK) fail();
    });
    int status = sqlite3_step(handle_.get());
    for (; status == SQLITE_ROW; status = sqlite3_step(handle_.get())) take_row();
    if (status != SQLITE_DONE) fail();
  }

  /// Adds the row that the statement stands at: for `take_row`. Throws StoreError for a value that a Row does not hold
  /// (kInternal), or when there is no memory (kUnavailable).
  void AddRow(Table& table, std::string_view sql) const;

 private:
  /// Leaves a statement ready for its next use, whatever happened: an open one would keep COMMIT from succeeding.
  class ResetAtEnd {
   public:
    explicit ResetAtEnd(sqlite3_stmt* statement) : statement_(statement) {}
    ~ResetAtEnd() {
      sqlite3_reset(statement_);
      sqlite3_clear_bindings(statement_);
    }
    ResetAtEnd(const ResetAtEnd&) = delete;
    ResetAtEnd& operator=(const ResetAtEnd&) = delete;

   private:
    sqlite3_stmt* statement_;
  };

  /// Counts from 0; gives SQLite's result code.
  int BindOne(std::size_t index, const Value& value, std::string_view sql);

  StatementText text_;
  SqliteStatementHandle handle_;
  std::shared_ptr<const Columns> columns_;
};

}  // namespace cdiscount::store
