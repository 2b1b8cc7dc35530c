#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace cdiscount::store {

enum class Engine { kSqlite, kPostgres };

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
  /// kUnavailable: connection lost, busy, disk full, serialisation failure: the same transaction may succeed later.
  /// kAlreadyExists: a unique key. kInternal: the statement itself is wrong.
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

  /// BEGIN IMMEDIATE on SQLite, BEGIN on PostgreSQL (READ COMMITTED, on a new connection if the old one broke). See
  /// Transaction.
  virtual void Begin() = 0;
  virtual void Commit() = 0;
  /// Never throws; a session whose rollback fails is reconnected before its next use.
  virtual void Rollback() noexcept = 0;
};

/// A transaction on a session: rolled back unless committed. After a statement of it threw, every further one and
/// Commit throw too, on both engines: to go on after a duplicate, write ON CONFLICT.
class Transaction {
 public:
  explicit Transaction(Session& session) : session_(&session) { session.Begin(); }
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

  /// Throws StoreError when the database refuses; nothing is kept then. Only a connection to PostgreSQL that breaks in
  /// the middle of this call (kUnavailable) leaves it open whether all or nothing was kept: unique keys and versions
  /// make doing the work again harmless.
  void Commit() {
    session_->Commit();
    session_ = nullptr;
  }

 private:
  Session* session_;
};

}  // namespace cdiscount::store
