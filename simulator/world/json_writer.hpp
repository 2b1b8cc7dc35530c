#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cdiscount::simulator {

/// Writes JSON text front to back. Amounts are written as decimal text from minor units ("4.9", "0.0"), which a JSON
/// library that goes through a double cannot promise.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void BeginObject() { Open('{'); }
  void EndObject() { Close('}'); }
  void BeginArray() { Open('['); }
  void EndArray() { Close(']'); }
  void Key(std::string_view key);

  void String(std::string_view text);
  void StringOrNull(const std::optional<std::string>& text);
  void Int(std::int64_t number);
  void Bool(bool value);
  void Null();
  /// 4990 -> 49.9, 0 -> 0.0: as the samples write them.
  void Amount(std::int64_t minor);
  /// Text that is JSON already.
  void Raw(std::string_view json);

 private:
  void Open(char bracket);
  void Close(char bracket);
  void Separate();

  std::string& out_;
  bool first_ = true;
};

}  // namespace cdiscount::simulator
