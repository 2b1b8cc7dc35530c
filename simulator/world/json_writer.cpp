#include "simulator/world/json_writer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace cdiscount::simulator {
namespace {

bool MustBeEscaped(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

}  // namespace

void JsonWriter::Separate() {
  if (!first_) out_.push_back(',');
  first_ = false;
}

void JsonWriter::Open(char bracket) {
  Separate();
  out_.push_back(bracket);
  first_ = true;
}

void JsonWriter::Close(char bracket) {
  out_.push_back(bracket);
  first_ = false;
}

void JsonWriter::Key(std::string_view key) {
  String(key);
  out_.push_back(':');
  first_ = true;
}

void JsonWriter::String(std::string_view text) {
  Separate();
  out_.push_back('"');
  while (!text.empty()) {
    const auto special = std::find_if(text.begin(), text.end(), MustBeEscaped);
    out_.append(text.begin(), special);
    text.remove_prefix(static_cast<std::size_t>(special - text.begin()));
    if (text.empty()) break;
    switch (const char c = text.front(); c) {
      case '"':
        out_.append("\\\"");
        break;
      case '\\':
        out_.append("\\\\");
        break;
      case '\n':
        out_.append("\\n");
        break;
      case '\r':
        out_.append("\\r");
        break;
      case '\t':
        out_.append("\\t");
        break;
      default:
        out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    }
    text.remove_prefix(1);
  }
  out_.push_back('"');
}

void JsonWriter::StringOrNull(const std::optional<std::string>& text) {
  if (text) {
    String(*text);
  } else {
    Null();
  }
}

void JsonWriter::Int(std::int64_t number) {
  Separate();
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  out_.append(digits, end);
}

void JsonWriter::Bool(bool value) {
  Raw(value ? "true" : "false");
}
void JsonWriter::Null() {
  Raw("null");
}

void JsonWriter::Amount(std::int64_t minor) {
  Int(minor / 100);
  if (minor < 0 && minor > -100) out_.insert(out_.size() - 1, "-");  // -0.5 keeps its sign
  const auto cents = minor < 0 ? -(minor % 100) : minor % 100;
  out_.push_back('.');
  out_.push_back(static_cast<char>('0' + cents / 10));
  if (cents % 10 != 0) out_.push_back(static_cast<char>('0' + cents % 10));
}

void JsonWriter::Raw(std::string_view json) {
  Separate();
  out_.append(json);
}

}  // namespace cdiscount::simulator
