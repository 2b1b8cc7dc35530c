#pragma once

#include <libpq-fe.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "store/dialect.hpp"
#include "store/row.hpp"

namespace cdiscount::store {

inline constexpr int kBinary = 1;  // the format that answers are asked for in

/// The values of one call as libpq takes them: bytes as they are, all else as text, for which the server knows the
/// type. Kept for the next call, so that binding allocates nothing.
class Parameters {
 public:
  void Clear() {
    text_.clear();
    count_ = 0;
  }
  /// The bytes behind `value` must live until the call. Throws StoreError (kInvalidArgument) for a NUL byte in a text.
  void Set(std::size_t index, const Value& value, std::string_view sql);
  /// After the last Set, before the call.
  void Finish();

  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  struct Append;

  std::string text_;  // the texts behind one another, each with its NUL
  std::array<const char*, kMostPlaceholders> values_{};
  std::array<int, kMostPlaceholders> lengths_{};
  std::array<int, kMostPlaceholders> formats_{};
  std::array<std::size_t, kMostPlaceholders> places_{};  // in text_
  std::size_t count_ = 0;
};

std::shared_ptr<const Columns> ColumnsOf(const PGresult* result);

/// Reads an answer in binary format. Throws StoreError (kInternal) for a type that a Row does not hold.
std::shared_ptr<const Table> ReadTable(const PGresult* result, std::shared_ptr<const Columns> columns,
                                       std::string_view sql);

}  // namespace cdiscount::store
