#include "store/postgres_values.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "store/store_error.hpp"

namespace cdiscount::store {
namespace {

constexpr std::size_t kInBytes = ~std::size_t{0};  // instead of a place in the text

// pg_type.oid
constexpr unsigned int kBool = 16;
constexpr unsigned int kBytea = 17;
constexpr unsigned int kName = 19;
constexpr unsigned int kInt8 = 20;
constexpr unsigned int kInt2 = 21;
constexpr unsigned int kInt4 = 23;
constexpr unsigned int kText = 25;
constexpr unsigned int kUnknown = 705;
constexpr unsigned int kVarchar = 1043;
constexpr unsigned int kNumeric = 1700;
constexpr unsigned int kVoid = 2278;

/// Network byte order, with the sign of its first bit.
std::int64_t ReadInt(std::string_view data) {
  auto value = data.empty() || static_cast<signed char>(data[0]) >= 0 ? std::uint64_t{0} : ~std::uint64_t{0};
  for (const char c : data) value = (value << 8U) | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

/// A sum of 64-bit numbers: digits of base 10,000 behind a header of four 16-bit numbers (count, weight of the first
/// digit, sign, decimals). Nothing when it is no whole number of 64 bits.
std::optional<std::int64_t> ReadNumeric(std::string_view data) {
  const auto digits = ReadInt(data.substr(0, 2));
  const auto weight = ReadInt(data.substr(2, 2));
  const auto sign = ReadInt(data.substr(4, 2));
  if ((sign != 0 && sign != 0x4000) || weight > 4 || digits > weight + 1) return std::nullopt;
  std::int64_t value = 0;
  for (std::int64_t i = 0; i <= weight; ++i) {
    const auto digit = i < digits ? ReadInt(data.substr(8 + 2 * static_cast<std::size_t>(i), 2)) : 0;
    if (__builtin_mul_overflow(value, 10'000, &value) || __builtin_add_overflow(value, digit, &value)) {
      return std::nullopt;
    }
  }
  return sign == 0 ? value : -value;
}

void AddCell(Table& table, unsigned int type, std::string_view data, std::string_view sql) {
  switch (type) {
    case kBool:
    case kInt2:
    case kInt4:
    case kInt8:
      return table.AddInt(ReadInt(data));
    case kText:
    case kVarchar:
    case kName:
    case kUnknown:
    case kVoid:
      return table.AddText(data);
    case kBytea:
      return table.AddBytes(data);
    case kNumeric:
      if (const auto number = ReadNumeric(data)) return table.AddInt(*number);
      [[fallthrough]];
    default:
      throw StoreError(ErrorCode::kInternal,
                       "a column of the answer is of a type (oid " + std::to_string(type) +
                           ") that is not read: CAST it to bigint or text, in: " + std::string(sql));
  }
}

void AppendNumber(std::string& out, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

/// As an element of an array's text.
void AppendElement(std::string& out, const std::string& text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}
void AppendElement(std::string& out, std::int64_t number) {
  AppendNumber(out, number);
}

}  // namespace

/// Writes one value to the end of the texts; false for NULL.
struct Parameters::Append {
  std::string& out;
  std::string_view sql;

  bool operator()(std::nullptr_t) const { return false; }
  bool operator()(std::int64_t number) const {
    AppendNumber(out, number);
    return true;
  }
  bool operator()(std::string_view text) const {
    RefuseNul(text, sql);
    out += text;
    return true;
  }
  bool operator()(Bytes) const { return false; }  // never comes here
  template <class T>
  bool operator()(std::span<const T> list) const {
    char separator = '{';
    for (const auto& element : list) {
      if constexpr (std::is_same_v<T, std::string>) RefuseNul(element, sql);
      out += std::exchange(separator, ',');
      AppendElement(out, element);
    }
    out += list.empty() ? "{}" : "}";
    return true;
  }
};

void Parameters::Set(std::size_t index, const Value& value, std::string_view sql) {
  count_ = std::max(count_, index + 1);
  if (const auto* bytes = std::get_if<Bytes>(&value.any())) {
    places_[index] = kInBytes;
    values_[index] = bytes->data.empty() ? "" : bytes->data.data();  // no address would mean NULL
    lengths_[index] = static_cast<int>(bytes->data.size());
    formats_[index] = kBinary;
    return;
  }
  const auto place = text_.size();
  const bool present = std::visit(Append{text_, sql}, value.any());
  text_ += '\0';
  places_[index] = present ? place : kInBytes;
  values_[index] = nullptr;
  formats_[index] = 0;
}

void Parameters::Finish() {
  for (std::size_t i = 0; i < count_; ++i) {
    if (places_[i] != kInBytes) values_[i] = text_.data() + places_[i];
  }
}

std::shared_ptr<const Columns> ColumnsOf(const PGresult* result) {
  Columns columns;
  for (int column = 0; column < PQnfields(result); ++column) columns.emplace_back(PQfname(result, column));
  return std::make_shared<const Columns>(std::move(columns));
}

std::shared_ptr<const Table> ReadTable(const PGresult* result, std::shared_ptr<const Columns> columns,
                                       std::string_view sql) {
  auto table = std::make_shared<Table>(std::move(columns), static_cast<std::size_t>(PQntuples(result)));
  const int width = PQnfields(result);
  for (int row = 0; row < PQntuples(result); ++row) {
    for (int column = 0; column < width; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        table->AddNull();
      } else {
        AddCell(*table, PQftype(result, column),
                {PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))}, sql);
      }
    }
  }
  return table;
}

}  // namespace cdiscount::store
