#pragma once

#include <cstddef>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace cdiscount::simulator {

/// Keeps the order of its keys, as the marketplace does, and writes a number as the shortest decimal text ("49.9").
using Json = nlohmann::ordered_json;

struct Member {
  const char* key;
  mutable Json value;  ///< Object() moves it out of its list.
};
/// An object of these members, with room for `more`. Json{{"key", value}, ...} would build an array of two for each of
/// them first, which costs three times as much, and would take some lists for an array.
inline Json Object(std::initializer_list<Member> members, std::size_t more = 0) {
  Json::object_t object;
  object.reserve(members.size() + more);
  for (const auto& member : members) object.emplace_back(member.key, std::move(member.value));
  return object;
}

/// The text on one line. Bytes that are no UTF-8, which only a request can bring, become U+FFFD.
inline std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cdiscount::simulator
