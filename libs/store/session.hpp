#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "store/dialect.hpp"
#include "store/row.hpp"
#include "store/store_error.hpp"
#include "store/value.hpp"

namespace cdiscount::store {

/// The rights of a transaction.
enum class Access { kWrite, kRead };

/// Called before each statement and COMMIT, with its text; what it throws, the statement throws. For tests
/// (testing/statement_faults.hpp).
using BeforeStatement = std::function<void(std::string_view sql)>;

/// One connection with its prepared statements. For one thread at a time.
class Session {
 public:
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  virtual Engine engine() const = 0;

  /// Runs one statement; dialect.hpp tells how it is written for both engines. Values are bound to its placeholders by
  /// name: session.Query("... WHERE id = :id", {{"id", id}}). Statements are prepared once per session and kept: values
  /// never stand in the text. A boolean column or expression reads as 0 or 1.
  Rows Query(std::string_view sql, Binds binds = {}) { return RunQuery(sql, {binds.begin(), binds.size()}); }
  /// The first row; nothing when there is none.
  std::optional<Row> QueryOne(std::string_view sql, Binds binds = {}) {
    const auto rows = RunQuery(sql, {binds.begin(), binds.size()});
    return rows.empty() ? std::nullopt : std::optional(rows[0]);
  }
  /// The same for a statement whose rows, if any, are not wanted; gives the number of rows touched.
  std::int64_t Execute(std::string_view sql, Binds binds = {}) {
    return RunExecute(sql, {binds.begin(), binds.size()});
  }

  /// Statements separated by ';' (migrations), without placeholders or rows.
  void ExecuteScript(std::string_view sql);

  /// The database's own clock (UTC); for SQLite the machine's.
  virtual SysTime Now() = 0;

  /// To write: BEGIN IMMEDIATE on SQLite, READ COMMITTED on PostgreSQL. To read: one snapshot, and the engine refuses
  /// changes. On a new connection if the old one broke. See Transaction.
  void Begin(Access access);
  void Commit();
  /// Never throws; a session whose rollback fails is reconnected before its next use.
  void Rollback() noexcept;

  /// SAVEPOINT inside a transaction, and its two ends. See Transaction::Try.
  void SetSavepoint() { ExecuteScript("SAVEPOINT piece"); }
  void ReleaseSavepoint() { ExecuteScript("RELEASE SAVEPOINT piece"); }
  /// Also makes a transaction usable again in which a statement threw since the savepoint.
  void RollbackToSavepoint();

  /// Database sets them. `after_commit` is called by NotifyCommitted.
  void SetHooks(BeforeStatement before_statement, std::function<void()> after_commit) {
    before_statement_ = std::move(before_statement);
    after_commit_ = std::move(after_commit);
  }
  void NotifyCommitted() const {
    if (after_commit_) after_commit_();
  }

 protected:
  Session() = default;
  bool in_transaction() const { return in_transaction_; }
  bool reads_only() const { return reads_only_; }

 private:
  /// Connects when there is no connection; inside a transaction a lost one throws kUnavailable.
  virtual void Ready() = 0;
  virtual Rows DoQuery(std::string_view sql, std::span<const Bind> binds) = 0;
  virtual std::int64_t DoExecute(std::string_view sql, std::span<const Bind> binds) = 0;
  virtual void DoScript(const std::string& sql) = 0;
  virtual void DoBegin(Access access) = 0;
  virtual void DoCommit() = 0;
  virtual void DoRollback() noexcept = 0;

  Rows RunQuery(std::string_view sql, std::span<const Bind> binds) {
    return Guarded(sql, [&] { return DoQuery(sql, binds); });
  }
  std::int64_t RunExecute(std::string_view sql, std::span<const Bind> binds) {
    return Guarded(sql, [&] { return DoExecute(sql, binds); });
  }

  /// After an error, a refusal of our own too, a transaction does nothing more, on both engines.
  template <class Run>
  std::invoke_result_t<Run&> Guarded(std::string_view sql, Run run) {
    Ready();
    RefuseAfterError();
    failed_ = true;  // unless it reaches the end
    if (before_statement_) before_statement_(sql);
    if constexpr (std::is_void_v<std::invoke_result_t<Run&>>) {
      run();
      failed_ = false;
    } else {
      auto result = run();
      failed_ = false;
      return result;
    }
  }
  void RefuseAfterError() const;

  BeforeStatement before_statement_;
  std::function<void()> after_commit_;
  bool in_transaction_ = false;
  bool reads_only_ = false;
  bool failed_ = false;  // the last statement; it counts in a transaction only
};

namespace detail {
template <class T>
struct AsResult {
  using type = Result<T>;
};
template <class T>
struct AsResult<Result<T>> {
  using type = Result<T>;
};

/// The result type of `work(arguments...)`: always a Result.
template <class Work, class... Arguments>
using ResultOf = typename AsResult<std::invoke_result_t<Work&, Arguments...>>::type;

template <class Work, class... Arguments>
ResultOf<Work, Arguments&...> AsResultOf(Work& work, Arguments&... arguments) {
  if constexpr (std::is_void_v<std::invoke_result_t<Work&, Arguments&...>>) {
    work(arguments...);
    return {};
  } else {
    return work(arguments...);
  }
}
}  // namespace detail

/// A transaction on a session: rolled back unless committed. After a statement of it threw, every further one and
/// Commit throw too, on both engines: to go on after a duplicate, write ON CONFLICT; to go on without a piece, Try it.
class Transaction {
 public:
  /// `now` is for tests: see DatabaseOptions.
  explicit Transaction(Session& session, Access access = Access::kWrite, std::function<SysTime()> now = {})
      : session_(&session), now_(std::move(now)) {
    session.Begin(access);
  }
  ~Transaction() {
    if (session_ != nullptr) session_->Rollback();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Engine engine() const { return session_->engine(); }
  Rows Query(std::string_view sql, Binds binds = {}) { return session_->Query(sql, binds); }
  std::optional<Row> QueryOne(std::string_view sql, Binds binds = {}) { return session_->QueryOne(sql, binds); }
  std::int64_t Execute(std::string_view sql, Binds binds = {}) { return session_->Execute(sql, binds); }
  SysTime Now() { return now_ ? now_() : session_->Now(); }

  /// Has Database::OnCommit's hook called once this transaction is committed.
  void NotifyOnCommit() { notify_ = true; }

  /// Tries a piece of the transaction: `piece()` gives a Result<T> or a plain value. When it gives an error, or a
  /// statement of it throws StoreError, what the piece wrote is rolled back, the error is returned, and the transaction
  /// goes on with all that was written before. Still thrown: kUnavailable (the whole transaction is to be done again)
  /// and exceptions of other types. May be nested. Costs one or two round trips to PostgreSQL.
  template <class Piece>
  detail::ResultOf<Piece> Try(Piece piece) {
    session_->SetSavepoint();
    auto outcome = Attempt(piece);
    if (outcome.has_error()) session_->RollbackToSavepoint();
    session_->ReleaseSavepoint();
    return outcome;
  }

  /// Throws StoreError when the database refuses; nothing is kept then. Only a connection to PostgreSQL that breaks in
  /// the middle of this call (kUnavailable) leaves it open whether all or nothing was kept: unique keys and versions
  /// make doing the work again harmless.
  void Commit() {
    session_->Commit();
    if (notify_) session_->NotifyCommitted();
    session_ = nullptr;
  }

 private:
  template <class Piece>
  static detail::ResultOf<Piece> Attempt(Piece& piece) {
    try {
      return detail::AsResultOf(piece);
    } catch (const StoreError& error) {
      if (error.code() == ErrorCode::kUnavailable) throw;
      return Error{error.code(), error.what()};
    }
  }

  Session* session_;
  std::function<SysTime()> now_;
  bool notify_ = false;
};

}  // namespace cdiscount::store
