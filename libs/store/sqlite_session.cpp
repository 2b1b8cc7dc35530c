#include "store/sqlite_session.hpp"

#include <sqlite3.h>

#include <chrono>
#include <unordered_map>
#include <utility>

namespace cdiscount::store {
namespace {

constexpr std::chrono::milliseconds kLockWait{10'000};
constexpr std::size_t kMostStatements = 256;
constexpr std::string_view kDamaged =
    " (restore a backup; one of a live database is made with sqlite3's .backup: a plain copy of its files can be torn)";

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct CloseStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, CloseStatement>;

/// The error code for an extended result code of SQLite.
ErrorCode CodeOf(int extended) {
  if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
      extended == SQLITE_CONSTRAINT_ROWID) {
    return ErrorCode::kAlreadyExists;
  }
  if (extended == SQLITE_CONSTRAINT_NOTNULL || extended == SQLITE_CONSTRAINT_CHECK ||
      extended == SQLITE_CONSTRAINT_DATATYPE) {
    return ErrorCode::kInvalidArgument;
  }
  switch (extended & 0xff) {
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return ErrorCode::kInvalidArgument;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
    case SQLITE_PROTOCOL:
    case SQLITE_READONLY:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kInternal;
  }
}

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

struct Statement {
  StatementText text;
  StatementHandle handle;
  std::shared_ptr<const Columns> columns;
};

std::shared_ptr<const Columns> ColumnsOf(sqlite3_stmt* statement) {
  Columns columns;
  for (int column = 0; column < sqlite3_column_count(statement); ++column) {
    columns.emplace_back(sqlite3_column_name(statement, column));
  }
  return std::make_shared<const Columns>(std::move(columns));
}

std::string JsonOf(std::span<const std::int64_t> list) {
  std::string json = "[";
  for (const auto number : list) json += (json.size() > 1 ? "," : "") + std::to_string(number);
  return json + "]";
}

std::string JsonOf(std::span<const std::string> list) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string json = "[";
  for (const auto& text : list) {
    json += json.size() > 1 ? ",\"" : "\"";
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20) {
        json += std::string("\\u00") + kHex[byte >> 4U] + kHex[byte & 0xfU];
      } else {
        if (c == '"' || c == '\\') json += '\\';
        json += c;
      }
    }
    json += '"';
  }
  return json + "]";
}

/// Binds one value; what it refers to outlives the step, so only lists are copied.
struct BindTo {
  sqlite3_stmt* statement;
  int index;  // from 1
  std::string_view sql;

  int operator()(std::nullptr_t) const { return SQLITE_OK; }  // an unbound one is NULL
  int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, index, number); }
  int operator()(std::string_view text) const {
    RefuseNul(text, sql);
    return sqlite3_bind_text64(statement, index, Start(text), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(Bytes bytes) const {
    return sqlite3_bind_blob64(statement, index, Start(bytes.data), bytes.data.size(), SQLITE_STATIC);
  }
  template <class T>
  int operator()(std::span<const T> list) const {
    if constexpr (std::is_same_v<T, std::string>) {
      for (const auto& text : list) RefuseNul(text, sql);
    }
    const auto json = JsonOf(list);
    return sqlite3_bind_text64(statement, index, json.data(), json.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }

 private:
  /// SQLite takes no address for NULL.
  static const char* Start(std::string_view data) { return data.data() == nullptr ? "" : data.data(); }
};

/// The bytes of a cell that SQLite has as text or as blob.
std::string_view CellData(sqlite3_stmt* statement, int column, const void* data) {
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  if (data == nullptr && sqlite3_errcode(sqlite3_db_handle(statement)) == SQLITE_NOMEM) {
    throw StoreError(ErrorCode::kUnavailable, "out of memory while reading a row");
  }
  return data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

void AddRow(Table& table, sqlite3_stmt* statement, std::string_view sql) {
  for (int column = 0; column < static_cast<int>(table.columns().size()); ++column) {
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_NULL:
        table.AddNull();
        break;
      case SQLITE_INTEGER:
        table.AddInt(sqlite3_column_int64(statement, column));
        break;
      case SQLITE_TEXT:
        table.AddText(CellData(statement, column, sqlite3_column_text(statement, column)));
        break;
      case SQLITE_BLOB:
        table.AddBytes(CellData(statement, column, sqlite3_column_blob(statement, column)));
        break;
      default:
        throw StoreError(ErrorCode::kInternal,
                         "column " + table.columns().at(static_cast<std::size_t>(column)) +
                             " is of type REAL: CAST it to INTEGER or TEXT, in: " + std::string(sql));
    }
  }
}

class SqliteSession final : public Session {
 public:
  SqliteSession(std::string path, std::shared_ptr<SqliteWriter> writer)
      : path_(std::move(path)), writer_(std::move(writer)) {
    Connect();
  }
  ~SqliteSession() override { Rollback(); }
  SqliteSession(const SqliteSession&) = delete;
  SqliteSession& operator=(const SqliteSession&) = delete;

  Engine engine() const override { return Engine::kSqlite; }
  SysTime Now() override { return SystemClock{}.Now(); }

 private:
  void Ready() override {
    if (database_ == nullptr) Connect();
    // SQLite ends a transaction by itself after some errors (disk full, I/O error, no memory): a statement would then
    // be committed alone.
    if (!in_transaction() || sqlite3_get_autocommit(database_.get()) == 0) return;
    throw StoreError(ErrorCode::kUnavailable, path_ + ": SQLite rolled this transaction back after an error");
  }

  Rows DoQuery(std::string_view sql, std::span<const Bind> binds) override {
    auto& statement = Prepared(sql);
    std::shared_ptr<Table> table;
    Step(statement, sql, binds, [&] {
      if (table == nullptr) table = std::make_shared<Table>(statement.columns);
      AddRow(*table, statement.handle.get(), sql);
    });
    return table == nullptr ? Rows() : Rows(std::move(table));
  }

  std::int64_t DoExecute(std::string_view sql, std::span<const Bind> binds) override {
    // sqlite3_changes keeps the count of the last INSERT, UPDATE or DELETE: a statement of another kind touches none.
    const auto before = sqlite3_total_changes64(database_.get());
    Step(Prepared(sql), sql, binds, [] {});
    return sqlite3_total_changes64(database_.get()) == before ? 0 : sqlite3_changes64(database_.get());
  }

  void DoScript(const std::string& sql) override {
    if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Fail(sql);
  }

  void DoBegin(Access access) override {
    if (database_ == nullptr) Connect();
    if (access == Access::kWrite && !writer_->try_acquire_for(kLockWait)) {
      throw StoreError(ErrorCode::kUnavailable, path_ + ": another transaction of this process did not end in time");
    }
    try {
      DoScript(access == Access::kRead ? "PRAGMA query_only = ON; BEGIN" : "BEGIN IMMEDIATE");
    } catch (...) {
      EndTransaction();
      throw;
    }
  }

  void DoCommit() override {
    DoScript("COMMIT");
    EndTransaction();
  }

  void DoRollback() noexcept override {
    // SQLite may have rolled back by itself (disk full, I/O error): then there is nothing left to do.
    if (sqlite3_get_autocommit(database_.get()) == 0 &&
        sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK) {
      statements_.clear();
      database_.reset();
    }
    EndTransaction();
  }

  void Connect() {
    sqlite3* opened = nullptr;
    const int status = sqlite3_open_v2(path_.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    database_.reset(opened);
    if (status != SQLITE_OK) {
      database_.reset();
      throw StoreError(ErrorCode::kUnavailable,
                       "cannot open the database file " + path_ + ": " + sqlite3_errstr(status));
    }
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, static_cast<int>(kLockWait.count()));
    const auto mode = DoQuery("PRAGMA journal_mode = WAL", {});
    if (mode.size() != 1 || mode.front().Text(0) != "wal") {
      throw StoreError(ErrorCode::kInternal, path_ + ": its file system does not allow WAL; use a local disk");
    }
    DoScript("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  }

  void EndTransaction() noexcept {
    if (!reads_only()) {
      writer_->release();
    } else if (database_ != nullptr) {
      sqlite3_exec(database_.get(), "PRAGMA query_only = OFF", nullptr, nullptr, nullptr);
    }
  }

  [[noreturn]] void Fail(std::string_view sql) {
    const int extended = sqlite3_extended_errcode(database_.get());
    if (extended == SQLITE_READONLY && in_transaction() && reads_only()) {
      throw StoreError(ErrorCode::kInternal,
                       "a transaction that only reads was asked to change something: " + std::string(sql));
    }
    const auto code = CodeOf(extended);
    const std::string reason = sqlite3_errmsg(database_.get());
    const bool damaged = (extended & 0xff) == SQLITE_CORRUPT || (extended & 0xff) == SQLITE_NOTADB;
    throw StoreError(code, path_ + ": " + reason + (damaged ? std::string(kDamaged) : "") + " in: " + std::string(sql));
  }

  Statement& Prepared(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return known->second;
    StatementText text(sql, Engine::kSqlite);
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    if (sqlite3_prepare_v3(database_.get(), text.sql().data(), static_cast<int>(text.sql().size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, &tail) != SQLITE_OK) {
      Fail(sql);
    }
    StatementHandle handle(statement);
    if (statement == nullptr || std::string_view(tail).find_first_not_of(" \n\t;") != std::string_view::npos) {
      throw StoreError(ErrorCode::kInternal, "exactly one statement was expected, not: " + std::string(sql));
    }
    // Statements are constants of the code; only one that is built with values in it could fill this.
    if (statements_.size() >= kMostStatements) statements_.clear();
    return statements_.try_emplace(std::string(sql), std::move(text), std::move(handle), ColumnsOf(statement))
        .first->second;
  }

  template <class TakeRow>
  void Step(Statement& statement, std::string_view sql, std::span<const Bind> binds, TakeRow take_row) {
    auto* handle = statement.handle.get();
    const ResetAtEnd reset(handle);
    statement.text.ForEach(binds, [&](std::size_t index, const Value& value) {
      if (std::visit(BindTo{handle, static_cast<int>(index) + 1, sql}, value.any()) != SQLITE_OK) Fail(sql);
    });
    int status = sqlite3_step(handle);
    for (; status == SQLITE_ROW; status = sqlite3_step(handle)) take_row();
    if (status != SQLITE_DONE) Fail(sql);
  }

  std::string path_;
  std::shared_ptr<SqliteWriter> writer_;
  DatabaseHandle database_;  // before its statements, so that they go first
  std::unordered_map<std::string, Statement, StatementHash, std::equal_to<>> statements_;
};

}  // namespace

std::unique_ptr<Session> OpenSqlite(const std::string& path, std::shared_ptr<SqliteWriter> writer) {
  return std::make_unique<SqliteSession>(path, std::move(writer));
}

}  // namespace cdiscount::store
