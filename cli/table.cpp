#include "table.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "core/unicode.hpp"

namespace cdiscount::cli {
namespace {

constexpr std::size_t kGap = 2, kLeast = 8;

bool Continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

std::size_t Length(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) { return !Continues(byte); }));
}

std::string Cut(const std::string& text, std::size_t width) {
  if (Length(text) <= width) return text;
  std::size_t end = 0;
  for (std::size_t kept = 0; end < text.size(); ++end) {
    if (!Continues(text[end]) && kept++ == width - 3) break;
  }
  return text.substr(0, end) + "...";
}

}  // namespace

void Table::Add(std::vector<std::string> row) {
  if (row.size() != rows_.front().size()) throw std::logic_error("a table's row must have a cell for each column");
  for (auto& cell : row) {
    cell = EscapeInvisible(cell);
    if (cell.empty()) cell = "-";
  }
  rows_.push_back(std::move(row));
}

std::string Table::Render(std::size_t width) const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], Length(row[column]));
  }
  auto total = std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
  while (width != 0 && total > width) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kLeast) break;
    --*widest;
    --total;
  }

  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      const auto cell = Cut(row[column], widths[column]);
      text += cell;
      if (column + 1 < row.size()) text.append(widths[column] - Length(cell) + kGap, ' ');
    }
    text += '\n';
  }
  return text;
}

std::size_t ScreenWidth() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0) return 0;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::max<std::size_t>(size.ws_col, 80);
}

}  // namespace cdiscount::cli
