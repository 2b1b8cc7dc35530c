#include "store/sqlite_session.hpp"

#include <sqlite3.h>

#include <chrono>
#include <unordered_map>
#include <utility>

#include "store/sqlite_statement.hpp"

namespace cdiscount::store {
namespace {

constexpr std::chrono::milliseconds kLockWait{10'000};
constexpr std::size_t kMostStatements = 256;
constexpr std::string_view kDamaged =
    " (restore a backup; one of a live database is made with sqlite3's .backup: a plain copy of its files can be torn)";

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;

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
    const auto add_row = [&] {
      if (table == nullptr) table = std::make_shared<Table>(statement.columns());
      statement.AddRow(*table, sql);
    };
    statement.Run(sql, binds, add_row, [&] { Fail(sql); });
    return table == nullptr ? Rows() : Rows(std::move(table));
  }

  std::int64_t DoExecute(std::string_view sql, std::span<const Bind> binds) override {
    // sqlite3_changes keeps the count of the last INSERT, UPDATE or DELETE: a statement of another kind touches none.
    const auto before = sqlite3_total_changes64(database_.get());
    Prepared(sql).Run(sql, binds, [] {}, [&] { Fail(sql); });
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

  SqliteStatement& Prepared(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return known->second;
    StatementText text(sql, Engine::kSqlite);
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    if (sqlite3_prepare_v3(database_.get(), text.sql().data(), static_cast<int>(text.sql().size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, &tail) != SQLITE_OK) {
      Fail(sql);
    }
    SqliteStatementHandle handle(statement);
    if (statement == nullptr || std::string_view(tail).find_first_not_of(" \n\t;") != std::string_view::npos) {
      throw StoreError(ErrorCode::kInternal, "exactly one statement was expected, not: " + std::string(sql));
    }
    // Statements are constants of the code; only one that is built with values in it could fill this.
    if (statements_.size() >= kMostStatements) statements_.clear();
    return statements_.try_emplace(std::string(sql), std::move(text), std::move(handle)).first->second;
  }

  std::string path_;
  std::shared_ptr<SqliteWriter> writer_;
  DatabaseHandle database_;  // before its statements, so that they go first
  std::unordered_map<std::string, SqliteStatement, StatementHash, std::equal_to<>> statements_;
};

}  // namespace

std::unique_ptr<Session> OpenSqlite(const std::string& path, std::shared_ptr<SqliteWriter> writer) {
  return std::make_unique<SqliteSession>(path, std::move(writer));
}

}  // namespace cdiscount::store
