#pragma once

#include <string_view>

namespace cdiscount::simulator {

/// True when the path fits the pattern, in which "{id}" stands for one segment, which `id` then holds.
inline bool Fits(std::string_view pattern, std::string_view path, std::string_view& id) {
  const auto hole = pattern.find("{id}");
  if (hole == std::string_view::npos) return path == pattern;
  const auto tail = pattern.substr(hole + 4);
  if (!path.starts_with(pattern.substr(0, hole)) || !path.ends_with(tail) || path.size() <= hole + tail.size()) {
    return false;
  }
  id = path.substr(hole, path.size() - hole - tail.size());
  return id.find('/') == std::string_view::npos;
}

}  // namespace cdiscount::simulator
