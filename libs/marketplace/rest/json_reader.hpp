#pragma once

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "marketplace/types.hpp"

// Inside rest/ only, and only in .cpp files: simdjson is a heavy header.
namespace cdiscount::marketplace::rest {

namespace ondemand = simdjson::ondemand;

/// Reads JSON values into plain members, tolerantly: null is like absent; a value of a type that cannot be used is
/// noted and left out; the last of two equal keys counts, and that is noted. Notes name the place ("lines[].offer.id"),
/// never the value. Malformed JSON throws simdjson::simdjson_error.
class JsonReader {
 public:
  /// Text. A number is taken as it stands, but 98979.0 is 98979: some ids are sent as numbers. Half of a surrogate pair
  /// becomes U+FFFD.
  void Read(ondemand::value value, std::string& into);
  /// A number, or a number in quotes.
  void Read(ondemand::value value, Decimal& into);
  /// A whole number, also "2" and 2.0.
  void Read(ondemand::value value, std::optional<std::int64_t>& into);
  void Read(ondemand::value value, std::optional<bool>& into);
  /// ISO 8601, of the years 1 to 9999 (UTC): what a protobuf Timestamp holds.
  void Read(ondemand::value value, std::optional<SysTime>& into);

  /// An object, whose keys are each given to `on_field(key, value)`.
  template <class OnField>
  bool EachField(ondemand::value value, OnField on_field);
  /// A list, whose elements are each given to `on_element(value)`.
  template <class OnElement>
  bool EachElement(ondemand::value value, OnElement on_element);

  void Note(std::string_view what);
  /// Notes a value of an unfit type; null is not noted.
  void NoteUnfit(ondemand::value value, std::string_view expected);
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  std::string path_;
  std::vector<std::string> notes_;
};

/// Why a text is no JSON, for people.
std::string WhyNoJson(const simdjson::simdjson_error& error);

/// Reads a body that is one small object, or none: then there are no fields. Fails with kUnreadable; what was given to
/// `on_field` until then is of use.
Status ReadObject(std::string_view body,
                  const std::function<void(JsonReader& reader, std::string_view key, ondemand::value value)>& on_field);

template <class OnField>
bool JsonReader::EachField(ondemand::value value, OnField on_field) {
  if (value.type() != ondemand::json_type::object) {
    NoteUnfit(value, "an object");
    return false;
  }
  const auto length = path_.size();
  std::set<std::string, std::less<>> seen;  // an object may have any number of keys
  for (auto field : value.get_object()) {
    std::string key(std::string_view(field.unescaped_key()));
    path_.resize(length);
    path_.append(length == 0 ? "" : ".").append(key.substr(0, 60));
    const auto [known, added] = seen.insert(std::move(key));
    if (!added) Note("is there twice; the last one counts");
    on_field(std::string_view(*known), field.value().value());
  }
  path_.resize(length);
  return true;
}

template <class OnElement>
bool JsonReader::EachElement(ondemand::value value, OnElement on_element) {
  if (value.type() != ondemand::json_type::array) {
    NoteUnfit(value, "a list");
    return false;
  }
  const auto length = path_.size();
  path_.append("[]");
  for (auto element : value.get_array()) on_element(element.value());
  path_.resize(length);
  return true;
}

}  // namespace cdiscount::marketplace::rest
