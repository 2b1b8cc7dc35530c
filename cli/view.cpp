#include "view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "table.hpp"
#include "values.hpp"

namespace cdiscount::cli {
namespace {

/// The part of `text` before the separator, which is removed from it with that part.
std::string_view Take(std::string_view& text, std::string_view separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + separator.size(), text.size()));
  return part;
}

Field Look(std::string_view path, const Scope& scope) {
  constexpr std::string_view kRequest = "request.";
  if (scope.request != nullptr && path.starts_with(kRequest)) {
    return FindField(*scope.request, path.substr(kRequest.size()));
  }
  return FindField(scope.message, path);
}

bool Holds(std::string_view condition, const Scope& scope) {
  const auto field = Look(Take(condition, "="), scope);
  return condition.empty() ? IsSet(field) : ValueText(field, "", scope.now) == condition;
}

/// The value that a pair of braces stands for; nothing when it is absent.
std::optional<std::string> Value(std::string_view braces, const Scope& scope) {
  auto paths = Take(braces, ":");
  while (!paths.empty()) {
    if (auto text = ValueText(Look(Take(paths, "|"), scope), braces, scope.now)) return text;
  }
  return std::nullopt;
}

struct Filled {
  std::string text;
  bool complete = true;  ///< Every value was there.
  bool wanted = true;    ///< Every condition holds.
};

Filled FillOne(std::string_view text, const Scope& scope) {
  Filled filled;
  while (!text.empty()) {
    filled.text += Take(text, "{");
    if (text.empty()) break;
    auto braces = Take(text, "}");
    if (braces.starts_with('?')) {
      filled.wanted &= Holds(braces.substr(1), scope);
      continue;
    }
    if (braces.starts_with('!')) {
      filled.wanted &= !Holds(braces.substr(1), scope);
      continue;
    }
    const auto value = Value(braces, scope);
    filled.complete &= value.has_value();
    filled.text += value.value_or("-");
  }
  return filled;
}

void AddLine(std::string& text, const std::string& line, const Scope& scope) {
  if (const auto filled = FillIn(line, scope)) text += *filled + "\n";
}

std::string ShowTable(const View& view, const Scope& scope, std::size_t width) {
  const auto rows = MessagesOf(FindField(scope.message, view.rows));
  if (rows.empty()) return view.empty.empty() ? "" : view.empty + "\n";
  const auto row_of = [&](const auto& cell) {
    std::vector<std::string> cells;
    for (std::string_view column : view.columns) {
      const auto header = Take(column, "=");
      cells.push_back(cell(header, column));
    }
    return cells;
  };
  Table table(row_of([](auto header, auto) { return std::string(header); }));
  std::string lines;
  for (const auto* row : rows) {
    const Scope inner{*row, scope.request, scope.now};
    table.Add(row_of([&](auto, auto text) { return FillIn(text, inner).value_or(""); }));
    for (const auto& line : view.lines) AddLine(lines, line, inner);
  }
  if (view.columns.empty()) return lines;
  return table.Render(width) + (lines.empty() ? "" : "\n" + lines);
}

std::string ShowMessage(const View& view, const Scope& scope) {
  std::size_t widest = 0;
  for (const auto& column : view.columns) widest = std::max(widest, column.find('='));
  std::string text;
  for (std::string_view column : view.columns) {
    const auto header = Take(column, "=");
    const auto value = FillIn(column, scope);
    if (value && *value != "-") text += fmt::format("{:<{}}  {}\n", header, widest, *value);
  }
  for (const auto& line : view.lines) AddLine(text, line, scope);
  return text;
}

}  // namespace

std::optional<std::string> FillIn(std::string_view text, const Scope& scope) {
  while (!text.empty()) {
    auto filled = FillOne(Take(text, "||"), scope);
    if (filled.wanted && (filled.complete || text.empty())) return std::move(filled.text);
  }
  return std::nullopt;
}

std::string Render(const View& view, const Scope& scope, std::size_t width) {
  return view.rows.empty() ? ShowMessage(view, scope) : ShowTable(view, scope, width);
}

}  // namespace cdiscount::cli
