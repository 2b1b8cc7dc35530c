#include "store/row.hpp"

#include "store/store_error.hpp"

namespace cdiscount::store {
namespace {

std::string Listed(const Columns& columns) {
  std::string list;
  for (const auto& name : columns) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace

std::size_t Row::Find(Column column) const {
  const auto& columns = table_->columns();
  if (column.name_ == nullptr) {
    if (column.number_ < columns.size()) return column.number_;
    throw StoreError(ErrorCode::kInternal, "column " + std::to_string(column.number_) +
                                               " was asked for, the answer has " + std::to_string(columns.size()) +
                                               " columns, counted from 0");
  }
  for (std::size_t tried = 0; tried < columns.size(); ++tried) {
    const auto at = next_ + tried < columns.size() ? next_ + tried : next_ + tried - columns.size();
    if (columns[at] != column.name_) continue;
    next_ = at + 1 < columns.size() ? at + 1 : 0;
    return at;
  }
  throw StoreError(ErrorCode::kInternal,
                   std::string("the answer has no column ") + column.name_ + "; it has " + Listed(columns));
}

const Table::Cell& Row::Cell(Column column, Table::Kind kind, const char* what) const {
  const auto at = Find(column);
  const auto& cell = table_->cells_[row_ * table_->columns().size() + at];
  if (cell.kind == kind) return cell;
  // The value itself stays out of the message: it may be a secret or personal.
  throw StoreError(ErrorCode::kInternal,
                   "column " + table_->columns()[at] +
                       (cell.kind == Table::Kind::kNull ? " is NULL; ask for it as something that may be absent"
                                                        : std::string(" holds no ") + what));
}

bool Row::IsNull(Column column) const {
  const auto at = Find(column);
  next_ = at;  // its value is asked for next
  return table_->cells_[row_ * table_->columns().size() + at].kind == Table::Kind::kNull;
}

std::int64_t Row::Int(Column column) const {
  return Cell(column, Table::Kind::kInt, "whole number of 64 bits").number;
}

std::string_view Row::TextView(Column column) const {
  const auto& cell = Cell(column, Table::Kind::kText, "text");
  return std::string_view(table_->data_).substr(static_cast<std::size_t>(cell.number), cell.size);
}

std::string_view Row::BytesView(Column column) const {
  const auto& cell = Cell(column, Table::Kind::kBytes, "bytes");
  return std::string_view(table_->data_).substr(static_cast<std::size_t>(cell.number), cell.size);
}

Row Rows::at(std::size_t row) const {
  if (row < size_) return (*this)[row];
  throw StoreError(ErrorCode::kInternal, "row " + std::to_string(row) + " was asked for, the answer has " +
                                             std::to_string(size_) + " rows, counted from 0");
}

}  // namespace cdiscount::store
