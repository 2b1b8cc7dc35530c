#include "store/placeholders.hpp"

#include "store/session.hpp"

namespace cdiscount::store {
namespace {

bool StartsName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool ContinuesName(char c) {
  return StartsName(c) || (c >= '0' && c <= '9');
}

/// Where the text that starts at `from` ends: one past `end`, or the end of all.
std::size_t Past(std::string_view sql, std::size_t from, std::string_view end) {
  const auto at = sql.find(end, from);
  return at == std::string_view::npos ? sql.size() : at + end.size();
}

/// How far a quoted text or a comment reaches that starts at `at`; `at` itself when there is none.
std::size_t SkipLiteral(std::string_view sql, std::size_t at) {
  const auto rest = sql.substr(at);
  if (rest.front() == '\'' || rest.front() == '"') return Past(sql, at + 1, rest.substr(0, 1));
  if (rest.starts_with("--")) return Past(sql, at, "\n");
  if (rest.starts_with("/*")) return Past(sql, at + 2, "*/");
  if (rest.starts_with("::")) return at + 2;
  return at;
}

}  // namespace

PreparedText TranslatePlaceholders(std::string_view sql, PlaceholderStyle style) {
  PreparedText text;
  text.sql.reserve(sql.size() + 16);
  for (std::size_t at = 0; at < sql.size();) {
    if (const auto end = SkipLiteral(sql, at); end != at) {
      text.sql += sql.substr(at, end - at);
      at = end;
      continue;
    }
    if (sql[at] != ':' || at + 1 == sql.size() || !StartsName(sql[at + 1])) {
      text.sql += sql[at++];
      continue;
    }
    auto end = at + 1;
    while (end < sql.size() && ContinuesName(sql[end])) ++end;
    text.names.emplace_back(sql.substr(at + 1, end - at - 1));
    text.sql += style == PlaceholderStyle::kQuestionMark ? std::string("?") : "$" + std::to_string(text.names.size());
    at = end;
  }
  return text;
}

void RefuseNul(std::string_view value, std::string_view sql) {
  if (value.find('\0') == std::string_view::npos) return;
  throw StoreError(ErrorCode::kInvalidArgument,
                   "a text value holds a NUL byte: encode bytes (base64) before storing them, in: " + std::string(sql));
}

}  // namespace cdiscount::store
