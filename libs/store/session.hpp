#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace cdiscount::store {

enum class Engine { kSqlite, kPostgres };

/// What a transaction may do.
enum class Access { kWrite, kRead };

/// A value for a placeholder. Bytes go in as text only when they hold no NUL (PostgreSQL); else encode them
/// (crypto/base64).
class Param {
 public:
  Param(std::nullptr_t) {}                                            // NOLINT(google-explicit-constructor)
  Param(std::int64_t value) : value_(value) {}                        // NOLINT(google-explicit-constructor)
  Param(int value) : value_(std::int64_t{value}) {}                   // NOLINT(google-explicit-constructor)
  Param(bool value) : value_(std::int64_t{value ? 1 : 0}) {}          // NOLINT(google-explicit-constructor)
  Param(std::string value) : value_(std::move(value)) {}              // NOLINT(google-explicit-constructor)
  Param(std::string_view value) : value_(std::string(value)) {}       // NOLINT(google-explicit-constructor)
  Param(const char* value) : value_(std::string(value)) {}            // NOLINT(google-explicit-constructor)
  Param(SysTime value) : value_(value.time_since_epoch().count()) {}  // NOLINT(google-explicit-constructor)
  template <class T>
  Param(const std::optional<T>& value) {  // NOLINT(google-explicit-constructor)
    if (value) *this = Param(*value);
  }

  const std::variant<std::nullptr_t, std::int64_t, std::string>& value() const { return value_; }

 private:
  std::variant<std::nullptr_t, std::int64_t, std::string> value_ = nullptr;
};

/// One row of an answer. Columns are counted from 0. Asking for a type that the column does not hold, or for the value
/// of a NULL, throws StoreError: it is a bug in the statement.
class Row {
 public:
  explicit Row(std::vector<std::optional<std::string>> cells) : cells_(std::move(cells)) {}

  bool IsNull(std::size_t column) const;
  std::int64_t Int(std::size_t column) const;
  bool Bool(std::size_t column) const { return Int(column) != 0; }
  const std::string& Text(std::size_t column) const;
  SysTime Time(std::size_t column) const { return SysTime{std::chrono::microseconds{Int(column)}}; }
  std::optional<std::int64_t> MaybeInt(std::size_t column) const;
  std::optional<std::string> MaybeText(std::size_t column) const;
  std::optional<SysTime> MaybeTime(std::size_t column) const;

 private:
  std::vector<std::optional<std::string>> cells_;
};

using Rows = std::vector<Row>;

/// What a statement throws: inside a transaction errors unwind it. `Database::Run` turns it into an Error.
class StoreError : public std::runtime_error {
 public:
  StoreError(ErrorCode code, const std::string& what) : std::runtime_error(what), code_(code) {}
  /// kUnavailable: the store is away (connection lost, busy, disk full, serialisation failure): the same transaction
  /// may succeed later.
  /// kInvalidArgument: a value that this store never keeps (NUL byte, too long for an index, out of range, forbidden by
  /// NOT NULL or CHECK): trying again is of no use, other values are not concerned.
  /// kAlreadyExists: a unique key. kInternal: the statement itself is wrong, or a reference is broken.
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

/// One connection with its prepared statements. For one thread at a time.
class Session {
 public:
  virtual ~Session() = default;

  virtual Engine engine() const = 0;

  /// Runs a statement with placeholders :a, :b, ... bound in the order in which they stand in the text; a placeholder
  /// is written once per use. Statements are prepared once per session and kept: values belong into `params`, never
  /// into the text. A boolean column or expression reads as 0 or 1.
  virtual Rows Query(std::string_view sql, const std::vector<Param>& params = {}) = 0;
  /// The same for a statement without rows; gives the number of rows touched.
  virtual std::int64_t Execute(std::string_view sql, const std::vector<Param>& params = {}) = 0;
  /// Statements separated by ';' (migrations), without placeholders or rows.
  virtual void ExecuteScript(std::string_view sql) = 0;

  /// The database's own clock (UTC); for SQLite the machine's.
  virtual SysTime Now() = 0;

  /// To write: BEGIN IMMEDIATE on SQLite, READ COMMITTED on PostgreSQL. To read: one snapshot, and the engine refuses
  /// changes. On a new connection if the old one broke. See Transaction.
  virtual void Begin(Access access) = 0;
  virtual void Commit() = 0;
  /// Never throws; a session whose rollback fails is reconnected before its next use.
  virtual void Rollback() noexcept = 0;

  /// SAVEPOINT inside a transaction, and its two ends. See Transaction::Try.
  virtual void SetSavepoint() = 0;
  virtual void ReleaseSavepoint() = 0;
  /// Also makes a transaction usable again in which a statement threw since the savepoint.
  virtual void RollbackToSavepoint() = 0;
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

/// What `work(arguments...)` gives, as a Result.
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
  explicit Transaction(Session& session, Access access = Access::kWrite) : session_(&session) { session.Begin(access); }
  ~Transaction() {
    if (session_ != nullptr) session_->Rollback();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Engine engine() const { return session_->engine(); }
  Rows Query(std::string_view sql, const std::vector<Param>& params = {}) { return session_->Query(sql, params); }
  std::int64_t Execute(std::string_view sql, const std::vector<Param>& params = {}) {
    return session_->Execute(sql, params);
  }
  SysTime Now() { return session_->Now(); }

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
};

}  // namespace cdiscount::store
