#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cdiscount::store {

/// A statement in the words of one engine, and the names of its placeholders in the order in which they stand.
struct PreparedText {
  std::string sql;
  std::vector<std::string> names;
};

enum class PlaceholderStyle { kQuestionMark, kDollarNumber };

/// Turns ":name" into "?" or "$1", "$2", ... Texts in quotes, comments and "::" casts stay as they are.
PreparedText TranslatePlaceholders(std::string_view sql, PlaceholderStyle style);

/// PostgreSQL keeps no NUL byte; refused on SQLite too, so that the mistake shows in the first test. Throws StoreError
/// (kInvalidArgument).
void RefuseNul(std::string_view value, std::string_view sql);

}  // namespace cdiscount::store
