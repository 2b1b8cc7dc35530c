#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace cdiscount::simulator {

/// Keeps the order of its keys, as the marketplace does, and writes a number as the shortest decimal text ("49.9").
using Json = nlohmann::ordered_json;

/// The text on one line. Bytes that are no UTF-8, which only a request can bring, become U+FFFD.
inline std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cdiscount::simulator
