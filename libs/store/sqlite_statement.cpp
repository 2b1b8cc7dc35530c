#include "store/sqlite_statement.hpp"

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "store/store_error.hpp"

namespace cdiscount::store {
namespace {

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

}  // namespace

SqliteStatement::SqliteStatement(StatementText text, SqliteStatementHandle handle)
    : text_(std::move(text)), handle_(std::move(handle)), columns_(ColumnsOf(handle_.get())) {}

int SqliteStatement::BindOne(std::size_t index, const Value& value, std::string_view sql) {
  return std::visit(BindTo{handle_.get(), static_cast<int>(index) + 1, sql}, value.any());
}

void SqliteStatement::AddRow(Table& table, std::string_view sql) const {
  auto* statement = handle_.get();
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

}  // namespace cdiscount::store
