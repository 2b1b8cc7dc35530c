#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"

namespace cdiscount::store {

/// The names of a statement's columns.
using Columns = std::vector<std::string>;

/// All cells of an answer, as an engine's session fills them in.
class Table {
 public:
  explicit Table(std::shared_ptr<const Columns> columns, std::size_t rows = 1) : columns_(std::move(columns)) {
    cells_.reserve(columns_->size() * rows);
    data_.reserve(kUsualRow * rows);
  }

  void AddNull() { cells_.push_back({Kind::kNull, 0, 0}); }
  void AddInt(std::int64_t number) { cells_.push_back({Kind::kInt, number, 0}); }
  void AddText(std::string_view text) { Add(Kind::kText, text); }
  void AddBytes(std::string_view bytes) { Add(Kind::kBytes, bytes); }

  const Columns& columns() const { return *columns_; }
  std::size_t rows() const { return columns_->empty() ? 0 : cells_.size() / columns_->size(); }

 private:
  friend class Row;
  enum class Kind : std::uint8_t { kNull, kInt, kText, kBytes };
  static constexpr std::size_t kUsualRow = 240;  // bytes of texts
  struct Cell {
    Kind kind;
    std::int64_t number;  ///< Of a text or bytes: where they begin.
    std::size_t size;
  };

  void Add(Kind kind, std::string_view data) {
    cells_.push_back({kind, static_cast<std::int64_t>(data_.size()), data.size()});
    data_ += data;
  }

  std::shared_ptr<const Columns> columns_;
  std::vector<Cell> cells_;
  std::string data_;
};

/// One row of an answer; it stays when the answer goes. Asking for a column that is not there, for a type that it does
/// not hold, or for the value of a NULL, throws StoreError: it is a bug in the statement. A read in the order of the
/// columns finds each at once.
class Row {
 public:
  Row(std::shared_ptr<const Table> table, std::size_t row) : table_(std::move(table)), row_(row) {}

  /// A column by its name, or by its number from 0.
  class Column {
   public:
    Column(const char* name) : name_(name) {}                         // NOLINT(google-explicit-constructor)
    Column(std::size_t number) : number_(number) {}                   // NOLINT(google-explicit-constructor)
    Column(int number) : Column(static_cast<std::size_t>(number)) {}  // NOLINT(google-explicit-constructor)

   private:
    friend class Row;
    const char* name_ = nullptr;
    std::size_t number_ = 0;
  };

  bool IsNull(Column column) const;
  std::int64_t Int(Column column) const;
  bool Bool(Column column) const { return Int(column) != 0; }
  std::string Text(Column column) const { return std::string(TextView(column)); }
  std::string Bytes(Column column) const { return std::string(BytesView(column)); }
  SysTime Time(Column column) const { return SysTime{std::chrono::microseconds{Int(column)}}; }
  /// Without a copy; valid as long as this row or its answer.
  std::string_view TextView(Column column) const;
  std::string_view BytesView(Column column) const;

  std::optional<std::int64_t> MaybeInt(Column column) const { return Maybe(column, &Row::Int); }
  std::optional<std::string> MaybeText(Column column) const { return Maybe(column, &Row::Text); }
  std::optional<std::string> MaybeBytes(Column column) const { return Maybe(column, &Row::Bytes); }
  std::optional<SysTime> MaybeTime(Column column) const { return Maybe(column, &Row::Time); }

 private:
  template <class T>
  std::optional<T> Maybe(Column column, T (Row::*read)(Column) const) const {
    if (IsNull(column)) return std::nullopt;
    return (this->*read)(column);
  }
  std::size_t Find(Column column) const;
  const Table::Cell& Cell(Column column, Table::Kind kind, const char* what) const;

  std::shared_ptr<const Table> table_;
  std::size_t row_;
  mutable std::size_t next_ = 0;  // where the next column is looked for first
};

/// The rows of an answer.
class Rows {
 public:
  Rows() = default;
  explicit Rows(std::shared_ptr<const Table> table) : table_(std::move(table)), size_(table_->rows()) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Row operator[](std::size_t row) const { return Row(table_, row); }
  /// Throws StoreError (kInternal) when the answer has fewer rows.
  Row at(std::size_t row) const;
  Row front() const { return at(0); }

  class Iterator {
   public:
    Iterator(const Rows* rows, std::size_t row) : rows_(rows), row_(row) {}
    Row operator*() const { return (*rows_)[row_]; }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.row_ == b.row_; }

   private:
    const Rows* rows_;
    std::size_t row_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size_}; }

  /// The results of `read(const Row&)`, one for each row.
  template <class Read>
  auto Map(Read read) const {
    std::vector<std::decay_t<std::invoke_result_t<Read&, const Row&>>> values;
    values.reserve(size_);
    for (std::size_t row = 0; row < size_; ++row) values.push_back(read((*this)[row]));
    return values;
  }

 private:
  std::shared_ptr<const Table> table_;
  std::size_t size_ = 0;
};

}  // namespace cdiscount::store
