#include "store/session.hpp"

#include <charconv>

namespace cdiscount::store {
namespace {

const std::optional<std::string>& Cell(const std::vector<std::optional<std::string>>& cells, std::size_t column) {
  if (column < cells.size()) return cells[column];
  throw StoreError(ErrorCode::kInternal, "column " + std::to_string(column) + " was asked for, the answer has " +
                                             std::to_string(cells.size()) + " columns, counted from 0");
}

std::int64_t ParseInt(const std::string& text, std::size_t column) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && at == end) return value;
  // The text itself stays out of the message: it may be a secret or personal.
  throw StoreError(ErrorCode::kInternal,
                   "column " + std::to_string(column) + " holds no whole number of 64 bits; read it as text");
}

const std::string& NotNull(const std::optional<std::string>& cell, std::size_t column) {
  if (cell) return *cell;
  throw StoreError(ErrorCode::kInternal,
                   "column " + std::to_string(column) + " is NULL; ask for it as something that may be absent");
}

}  // namespace

bool Row::IsNull(std::size_t column) const {
  return !Cell(cells_, column).has_value();
}

std::int64_t Row::Int(std::size_t column) const {
  return ParseInt(NotNull(Cell(cells_, column), column), column);
}

const std::string& Row::Text(std::size_t column) const {
  return NotNull(Cell(cells_, column), column);
}

std::optional<std::int64_t> Row::MaybeInt(std::size_t column) const {
  const auto& cell = Cell(cells_, column);
  return cell ? std::optional(ParseInt(*cell, column)) : std::nullopt;
}

std::optional<std::string> Row::MaybeText(std::size_t column) const {
  return Cell(cells_, column);
}

std::optional<SysTime> Row::MaybeTime(std::size_t column) const {
  const auto value = MaybeInt(column);
  return value ? std::optional(SysTime{std::chrono::microseconds{*value}}) : std::nullopt;
}

}  // namespace cdiscount::store
