#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/value.hpp"

namespace cdiscount::store {

enum class Engine { kSqlite, kPostgres };

/// Statements and migrations are one text for both engines. Differences stand in it as tokens:
///
///     {blob}                    BLOB, BYTEA
///     {serial}                  a primary key that the database gives out, ascending
///     {now}                     the database's clock, microseconds since 1970, UTC (SQLite: whole milliseconds)
///     {uuid}                    32 random hex digits
///     {for update}              locks the rows of a SELECT; nothing on SQLite, whose one writer locks everything
///     {for update skip locked}
///     {texts :names} {ints :n}  the list that is bound, as a sub-select: WHERE id IN {texts :names}
///     {sqlite: text}            text for one engine alone, where the two really differ; without placeholders
///     {postgres: text}
///
/// Throws StoreError (kInternal) for an unknown token.
std::string ExpandTokens(std::string_view sql, Engine engine);

/// A statement in the words of one engine, and the names of its placeholders.
class StatementText {
 public:
  /// Expands tokens and turns ":name" into "?1" or "$1"; a name that stands several times has one number. Texts in
  /// quotes, comments and "::" casts stay as they are.
  StatementText(std::string_view sql, Engine engine);

  const std::string& sql() const { return sql_; }
  const std::vector<std::string>& names() const { return names_; }

  /// Calls `bind(index, value)` once for each placeholder, from 0. Throws StoreError (kInternal) when a name is
  /// unknown, missing or bound twice.
  template <class BindOne>
  void ForEach(std::span<const Bind> binds, BindOne bind) const {
    Matching matching{*this};
    for (const auto& given : binds) bind(matching.IndexOf(given.name.text()), given.value);
    matching.RefuseMissing();
  }

 private:
  struct Matching {
    const StatementText& text;
    std::uint64_t bound = 0;
    std::size_t next = 0;  // where the next name is looked for first: most calls keep the statement's order
    std::size_t IndexOf(std::string_view name);
    void RefuseMissing() const;
  };
  [[noreturn]] void Refuse(const std::string& problem) const;

  std::string sql_;
  std::vector<std::string> names_;
};

inline constexpr std::size_t kMostPlaceholders = 64;

/// PostgreSQL keeps no NUL byte in a text; refused on SQLite too, so that the mistake shows in the first test. Throws
/// StoreError (kInvalidArgument).
void RefuseNul(std::string_view value, std::string_view sql);

/// Finds a session's prepared statements by their text. Long texts are told apart by few bytes first.
struct StatementHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view sql) const {
    const auto middle = sql.size() / 2;
    const std::hash<std::string_view> hash;
    return sql.size() <= 48 ? hash(sql)
                            : hash(sql.substr(0, 16)) ^ (hash(sql.substr(middle, 16)) << 1U) ^
                                  (hash(sql.substr(sql.size() - 16)) << 2U) ^ sql.size();
  }
};

}  // namespace cdiscount::store
