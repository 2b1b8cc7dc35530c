#include "marketplace/rest/json_reader.hpp"

#include <algorithm>
#include <charconv>

#include "core/money.hpp"
#include "core/time_text.hpp"
#include "core/trimmed.hpp"
#include "marketplace/rest/json_text.hpp"

namespace cdiscount::marketplace::rest {
namespace {

constexpr std::size_t kMostNotes = 50;
constexpr std::size_t kLongestPath = 200;

std::string_view NameOf(ondemand::json_type type) {
  switch (type) {
    case ondemand::json_type::array:
      return "a list";
    case ondemand::json_type::object:
      return "an object";
    case ondemand::json_type::number:
      return "a number";
    case ondemand::json_type::string:
      return "a text";
    case ondemand::json_type::boolean:
      return "true or false";
    case ondemand::json_type::null:
      return "null";
  }
  return "something else";
}

/// The text between the quotes, unescaped; simdjson's own way refuses half a surrogate pair, which cut names hold.
std::string TextOf(ondemand::value value) {
  const auto token = Trimmed(value.raw_json_token());
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  return UnescapeLeniently(token);
}

/// 2, 2.0 and 2e0 are 2.
std::optional<std::int64_t> WholeNumber(std::string_view text) {
  std::int64_t whole = 0;
  const auto* const begin = text.data();
  const auto* const end = begin + text.size();
  if (const auto read = std::from_chars(begin, end, whole); read.ec == std::errc{} && read.ptr == end) return whole;
  const auto thousandths = ParseMinorUnits(text, 3);
  return thousandths && *thousandths % 1000 == 0 ? std::optional(*thousandths / 1000) : std::nullopt;
}

/// The years 1 to 9999, in which every message of ours can hold it.
bool IsInRange(SysTime time) {
  constexpr std::chrono::sys_days kFirst = std::chrono::year{1} / 1 / 1;
  constexpr std::chrono::sys_days kBehind = std::chrono::year{10'000} / 1 / 1;
  return time >= kFirst && time < kBehind;
}

}  // namespace

void JsonReader::Note(std::string_view what) {
  if (notes_.size() >= kMostNotes) return;
  auto note = path_.substr(0, kLongestPath) + " " + std::string(what);
  if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(std::move(note));
}

void JsonReader::NoteUnfit(ondemand::value value, std::string_view expected) {
  const ondemand::json_type type = value.type();
  if (type == ondemand::json_type::null && value.is_null()) return;
  Note("is " + std::string(NameOf(type)) + " instead of " + std::string(expected) + ", and is left out");
}

void JsonReader::Read(ondemand::value value, std::string& into) {
  into.clear();
  const ondemand::json_type type = value.type();
  if (type == ondemand::json_type::string) {
    into = TextOf(value);
  } else if (type == ondemand::json_type::number) {
    into = std::string(Trimmed(value.raw_json_token()));
    if (const auto whole = WholeNumber(into)) into = std::to_string(*whole);
  } else {
    NoteUnfit(value, "a text");
  }
}

void JsonReader::Read(ondemand::value value, Decimal& into) {
  into.text.clear();
  const ondemand::json_type type = value.type();
  std::string text;
  if (type == ondemand::json_type::string) {
    text = TextOf(value);
    Note("is a text instead of a number");
  } else if (type == ondemand::json_type::number) {
    text = std::string(Trimmed(value.raw_json_token()));
  } else {
    return NoteUnfit(value, "a number");
  }
  if (IsJsonNumber(text)) {
    into.text = std::move(text);
  } else {
    Note("is no number, and is left out");
  }
}

void JsonReader::Read(ondemand::value value, std::optional<std::int64_t>& into) {
  into.reset();
  Decimal number;
  Read(value, number);
  if (number.empty()) return;
  into = WholeNumber(number.text);
  if (!into) Note("is no whole number that could be used, and is left out");
}

void JsonReader::Read(ondemand::value value, std::optional<bool>& into) {
  into.reset();
  if (value.type() != ondemand::json_type::boolean) return NoteUnfit(value, "true or false");
  into = bool(value.get_bool());
}

void JsonReader::Read(ondemand::value value, std::optional<SysTime>& into) {
  into.reset();
  if (value.type() != ondemand::json_type::string) return NoteUnfit(value, "a time");
  const auto text = TextOf(value);
  if (text.empty()) return;
  into = ParseIso8601(text);
  if (into && IsInRange(*into)) return;
  Note(into ? "is a time outside of the years 1 to 9999, and is left out" : "is no ISO 8601 time, and is left out");
  into.reset();
}

std::string WhyNoJson(const simdjson::simdjson_error& error) {
  switch (error.error()) {
    case simdjson::UTF8_ERROR:
      return "it is not valid JSON: its bytes are no UTF-8";
    case simdjson::DEPTH_ERROR:
      return "it is not valid JSON: it is nested too deeply";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return "it is too large";
    default:
      return "it is not valid JSON";
  }
}

Status ReadObject(
    std::string_view body,
    const std::function<void(JsonReader& reader, std::string_view key, ondemand::value value)>& on_field) {
  constexpr std::size_t kMostLevels = 32;
  body = WithoutByteOrderMark(body);
  if (!IsBalanced(body, kMostLevels)) return Error{ErrorCode::kUnreadable, "its brackets do not match"};
  const simdjson::padded_string padded(body);
  ondemand::parser parser;
  JsonReader reader;
  try {
    auto document = parser.iterate(padded);
    reader.EachField(document.get_value().value(),
                     [&](std::string_view key, ondemand::value value) { on_field(reader, key, value); });
  } catch (const simdjson::simdjson_error& error) {
    return Error{ErrorCode::kUnreadable, WhyNoJson(error)};
  }
  return Ok();
}

}  // namespace cdiscount::marketplace::rest
