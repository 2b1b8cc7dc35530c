#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace cdiscount::cli {

/// Columns for people: a head line, then rows, each column as wide as it needs. When the whole is wider than the
/// screen, the widest columns are cut, with "..." in place of what is left out; lengths are counted in characters of
/// UTF-8.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}

  /// As many cells as the head has. A cell that is empty is printed as "-"; what cannot be seen is escaped.
  void Add(std::vector<std::string> row);

  /// Lines that each end with a newline. `width` 0 = as wide as it needs.
  std::string Render(std::size_t width) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// How wide the terminal of standard output is, at least 80; 0 when it is none (then nothing is cut).
std::size_t ScreenWidth();

}  // namespace cdiscount::cli
