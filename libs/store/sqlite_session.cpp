#include "store/sqlite_session.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <unordered_map>
#include <utility>

#include "store/placeholders.hpp"

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

/// What an extended result code means to the caller.
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

  Rows Query(std::string_view sql, const std::vector<Param>& params) override {
    Rows rows;
    Step(sql, params, &rows);
    return rows;
  }

  std::int64_t Execute(std::string_view sql, const std::vector<Param>& params) override {
    // sqlite3_changes keeps the count of the last INSERT, UPDATE or DELETE: a statement of another kind touches none.
    const auto before = sqlite3_total_changes64(database_.get());
    Step(sql, params, nullptr);
    return sqlite3_total_changes64(database_.get()) == before ? 0 : sqlite3_changes64(database_.get());
  }

  void ExecuteScript(std::string_view sql) override {
    RefuseAfterError();
    failed_ = true;  // unless it reaches the end
    Script(sql);
    failed_ = false;
  }

  SysTime Now() override { return SystemClock{}.Now(); }

  void Begin(Access access) override {
    if (in_transaction_) throw StoreError(ErrorCode::kInternal, "a transaction is open already on this session");
    if (database_ == nullptr) Connect();
    reads_only_ = access == Access::kRead;
    if (!reads_only_ && !writer_->try_acquire_for(kLockWait)) {
      throw StoreError(ErrorCode::kUnavailable, path_ + ": another transaction of this process did not end in time");
    }
    try {
      Script(reads_only_ ? "PRAGMA query_only = ON; BEGIN" : "BEGIN IMMEDIATE");
    } catch (...) {
      EndTransaction();
      throw;
    }
    in_transaction_ = true;
    failed_ = false;
  }

  void Commit() override {
    if (!in_transaction_) throw StoreError(ErrorCode::kInternal, "no transaction is open on this session");
    RefuseAfterError();
    Script("COMMIT");
    EndTransaction();
  }

  void Rollback() noexcept override {
    if (!in_transaction_) return;
    // SQLite may have rolled back by itself (disk full, I/O error): then there is nothing left to do.
    if (sqlite3_get_autocommit(database_.get()) == 0 &&
        sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK) {
      statements_.clear();
      database_.reset();
    }
    EndTransaction();
  }

  void SetSavepoint() override { ExecuteScript("SAVEPOINT piece"); }
  void ReleaseSavepoint() override { ExecuteScript("RELEASE piece"); }
  void RollbackToSavepoint() override {
    RefuseAfterLoss();
    Script("ROLLBACK TO piece");
    failed_ = false;
  }

 private:
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
    const auto mode = Query("PRAGMA journal_mode = WAL", {});
    if (mode.size() != 1 || mode.front().Text(0) != "wal") {
      throw StoreError(ErrorCode::kInternal, path_ + ": its file system does not allow WAL; use a local disk");
    }
    ExecuteScript("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  }

  void EndTransaction() noexcept {
    in_transaction_ = false;
    failed_ = false;
    if (!reads_only_) {
      writer_->release();
    } else if (database_ != nullptr) {
      sqlite3_exec(database_.get(), "PRAGMA query_only = OFF", nullptr, nullptr, nullptr);
    }
  }

  /// As on PostgreSQL, an error ends the transaction: what follows in it fails, and nothing of it is kept.
  void RefuseAfterError() {
    if (database_ == nullptr) Connect();
    RefuseAfterLoss();
    if (in_transaction_ && failed_) {
      throw StoreError(ErrorCode::kInternal, "an earlier statement of this transaction failed; roll it back");
    }
  }

  /// SQLite ends a transaction by itself after some errors (disk full, I/O error, no memory): a statement would then
  /// be committed alone.
  void RefuseAfterLoss() {
    if (!in_transaction_ || sqlite3_get_autocommit(database_.get()) == 0) return;
    throw StoreError(ErrorCode::kUnavailable, path_ + ": SQLite rolled this transaction back after an error");
  }

  void Script(std::string_view sql) {
    if (sqlite3_exec(database_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Fail(sql);
  }

  [[noreturn]] void Fail(std::string_view sql) {
    const int extended = sqlite3_extended_errcode(database_.get());
    if (extended == SQLITE_READONLY && in_transaction_ && reads_only_) {
      throw StoreError(ErrorCode::kInternal,
                       "a transaction that only reads was asked to change something: " + std::string(sql));
    }
    const auto code = CodeOf(extended);
    const std::string reason = sqlite3_errmsg(database_.get());
    const bool damaged = (extended & 0xff) == SQLITE_CORRUPT || (extended & 0xff) == SQLITE_NOTADB;
    throw StoreError(code, path_ + ": " + reason + (damaged ? std::string(kDamaged) : "") + " in: " + std::string(sql));
  }

  sqlite3_stmt* Prepared(std::string_view sql) {
    if (const auto known = statements_.find(std::string(sql)); known != statements_.end()) return known->second.get();
    const auto text = TranslatePlaceholders(sql, PlaceholderStyle::kQuestionMark);
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    if (sqlite3_prepare_v3(database_.get(), text.sql.data(), static_cast<int>(text.sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, &tail) != SQLITE_OK) {
      Fail(sql);
    }
    StatementHandle handle(statement);
    if (statement == nullptr || std::string_view(tail).find_first_not_of(" \n\t;") != std::string_view::npos) {
      throw StoreError(ErrorCode::kInternal, "exactly one statement was expected, not: " + std::string(sql));
    }
    // Statements are constants of the code; only one that is built with values in it could fill this.
    if (statements_.size() >= kMostStatements) statements_.clear();
    return statements_.emplace(std::string(sql), std::move(handle)).first->second.get();
  }

  void Bind(sqlite3_stmt* statement, const std::vector<Param>& params, std::string_view sql) {
    if (const auto expected = sqlite3_bind_parameter_count(statement); expected != static_cast<int>(params.size())) {
      throw StoreError(ErrorCode::kInternal, std::to_string(expected) + " placeholders, but " +
                                                 std::to_string(params.size()) + " values, for: " + std::string(sql));
    }
    for (int i = 0; i < static_cast<int>(params.size()); ++i) {
      const auto& value = params[static_cast<std::size_t>(i)].value();
      int status = SQLITE_OK;
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        status = sqlite3_bind_int64(statement, i + 1, *number);
      } else if (const auto* text = std::get_if<std::string>(&value)) {
        RefuseNul(*text, sql);
        // The parameters outlive the step, so no copy is needed.
        status = sqlite3_bind_text64(statement, i + 1, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
      }
      if (status != SQLITE_OK) Fail(sql);
    }
  }

  static Row RowOf(sqlite3_stmt* statement) {
    std::vector<std::optional<std::string>> cells;
    const int columns = sqlite3_column_count(statement);
    cells.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      if (sqlite3_column_type(statement, column) == SQLITE_NULL) {
        cells.emplace_back();
        continue;
      }
      // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): SQLite gives text as unsigned bytes
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      if (text == nullptr) throw StoreError(ErrorCode::kUnavailable, "out of memory while reading a row");
      cells.emplace_back(std::in_place, text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
    return Row(std::move(cells));
  }

  void Step(std::string_view sql, const std::vector<Param>& params, Rows* rows) {
    RefuseAfterError();
    failed_ = true;
    auto* statement = Prepared(sql);
    const ResetAtEnd reset(statement);
    Bind(statement, params, sql);
    int status = sqlite3_step(statement);
    for (; status == SQLITE_ROW; status = sqlite3_step(statement)) {
      if (rows != nullptr) rows->push_back(RowOf(statement));
    }
    if (status != SQLITE_DONE) Fail(sql);
    failed_ = false;
  }

  std::string path_;
  std::shared_ptr<SqliteWriter> writer_;
  DatabaseHandle database_;  // before its statements, so that they go first
  std::unordered_map<std::string, StatementHandle> statements_;
  bool in_transaction_ = false;
  bool reads_only_ = false;
  bool failed_ = false;  // the last statement; it counts in a transaction only
};

}  // namespace

Status CreateSqliteFile(const std::string& path) {
  const auto log = path + "-wal";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored) && std::filesystem::exists(log, ignored)) {
    return Error{ErrorCode::kInvalidArgument,
                 "the database file " + path + " is missing, but its log " + log +
                     " is there and may hold the last writes: bring the file back, or move the log away to begin anew"};
  }
  // O_EXCL: the file is opened here only when it is new. Closing a file drops every POSIX lock that the process has on
  // it, SQLite's too; another process would then take itself for the last user and delete the log.
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
  } else if (errno != EEXIST) {
    return Error{ErrorCode::kUnavailable, "cannot make the database file " + path + ": " + std::strerror(errno) +
                                              "; its folder must exist and be writable"};
  }
  return Ok();
}

std::unique_ptr<Session> OpenSqlite(const std::string& path, std::shared_ptr<SqliteWriter> writer) {
  return std::make_unique<SqliteSession>(path, std::move(writer));
}

}  // namespace cdiscount::store
