#include "store/dialect.hpp"

#include <algorithm>
#include <array>

#include "store/store_error.hpp"

namespace cdiscount::store {
namespace {

struct Token {
  std::string_view name;
  std::string_view sqlite;  // '@': the placeholder
  std::string_view postgres;
};

constexpr std::array<Token, 8> kTokens = {{
    {"blob", "BLOB", "BYTEA"},
    {"serial", "INTEGER PRIMARY KEY", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"},
    {"now", "(CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000)",
     "((extract(epoch FROM clock_timestamp()) * 1000000)::bigint)"},
    {"uuid", "(lower(hex(randomblob(16))))", "(replace(gen_random_uuid()::text, '-', ''))"},
    {"for update", "", "FOR UPDATE"},
    {"for update skip locked", "", "FOR UPDATE SKIP LOCKED"},
    {"texts", "(SELECT value FROM json_each(@))", "(SELECT unnest(CAST(@ AS text[])))"},
    {"ints", "(SELECT value FROM json_each(@))", "(SELECT unnest(CAST(@ AS bigint[])))"},
}};

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

/// Copies `sql`, but for what `replace(at, out)` writes itself: it gives where to go on, or `at` for "nothing here".
template <class Replace>
std::string Rewritten(std::string_view sql, Replace replace) {
  std::string out;
  out.reserve(sql.size() + 64);
  for (std::size_t at = 0; at < sql.size();) {
    if (const auto end = SkipLiteral(sql, at); end != at) {
      out += sql.substr(at, end - at);
      at = end;
    } else if (const auto next = replace(at, out); next != at) {
      at = next;
    } else {
      out += sql[at++];
    }
  }
  return out;
}

std::string Expanded(std::string_view token, Engine engine) {
  const bool sqlite = engine == Engine::kSqlite;
  if (token.starts_with("sqlite:")) return std::string(sqlite ? token.substr(7) : "");
  if (token.starts_with("postgres:")) return std::string(sqlite ? "" : token.substr(9));
  const auto colon = std::min(token.find(" :"), token.size());
  const auto* known = std::ranges::find(kTokens, token.substr(0, colon), &Token::name);
  if (known == kTokens.end()) {
    throw StoreError(ErrorCode::kInternal, "{" + std::string(token) + "} is no token that a statement may hold");
  }
  std::string text(sqlite ? known->sqlite : known->postgres);
  const auto place = text.find('@');
  if ((place == std::string::npos) != (colon == token.size())) {
    throw StoreError(ErrorCode::kInternal, "{" + std::string(token) + "} should name " +
                                               (place == std::string::npos ? "no list" : "its list: {texts :names}"));
  }
  if (place != std::string::npos) text.replace(place, 1, token.substr(colon + 1));
  return text;
}

}  // namespace

std::string ExpandTokens(std::string_view sql, Engine engine) {
  return Rewritten(sql, [&](std::size_t at, std::string& out) {
    if (sql[at] != '{') return at;
    const auto end = sql.find('}', at);
    if (end == std::string_view::npos) throw StoreError(ErrorCode::kInternal, "a '{' is not closed in a statement");
    out += Expanded(sql.substr(at + 1, end - at - 1), engine);
    return end + 1;
  });
}

StatementText::StatementText(std::string_view written, Engine engine) {
  const auto expanded = ExpandTokens(written, engine);
  const std::string_view sql = expanded;
  sql_ = Rewritten(sql, [&](std::size_t at, std::string& out) {
    if (sql[at] != ':' || at + 1 == sql.size() || !StartsName(sql[at + 1])) return at;
    auto end = at + 1;
    while (end < sql.size() && ContinuesName(sql[end])) ++end;
    const auto name = sql.substr(at + 1, end - at - 1);
    auto known = std::ranges::find(names_, name);
    if (known == names_.end()) known = names_.emplace(known, name);
    out += (engine == Engine::kSqlite ? "?" : "$") + std::to_string(known - names_.begin() + 1);
    return end;
  });
  if (names_.size() > kMostPlaceholders) Refuse("more than 64 placeholders");
}

std::size_t StatementText::Matching::IndexOf(std::string_view name) {
  const auto& names = text.names_;
  std::size_t tried = 0;
  auto at = next;
  for (; tried < names.size(); ++tried, ++at) {
    if (at == names.size()) at = 0;
    if (names[at] == name) break;
  }
  if (tried == names.size()) text.Refuse("it has no placeholder :" + std::string(name));
  next = at + 1 < names.size() ? at + 1 : 0;
  const auto bit = std::uint64_t{1} << at;
  if ((bound & bit) != 0) text.Refuse(":" + names[at] + " is bound twice");
  bound |= bit;
  return at;
}

void StatementText::Matching::RefuseMissing() const {
  for (std::size_t at = 0; at < text.names_.size(); ++at) {
    if ((bound & (std::uint64_t{1} << at)) == 0) text.Refuse("no value for :" + text.names_[at]);
  }
}

void StatementText::Refuse(const std::string& problem) const {
  throw StoreError(ErrorCode::kInternal, problem + ", in: " + sql_);
}

void RefuseNul(std::string_view value, std::string_view sql) {
  if (value.find('\0') == std::string_view::npos) return;
  throw StoreError(ErrorCode::kInvalidArgument,
                   "a text value holds a NUL byte: bind it as Bytes, to a {blob} column, in: " + std::string(sql));
}

}  // namespace cdiscount::store
