#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/result.hpp"

namespace cdiscount {

/// Tells that this process listens: writes {"pid":1,"ports":{"admin":1235,"grpc":1234}} beside `path` and renames it
/// into place, so that no reader sees half of it. Nothing when `path` is empty. Fails with kUnavailable, naming the
/// file.
Status WriteReadyFile(const std::string& path, const std::map<std::string, std::uint16_t>& ports);

/// Removes the file; nothing when `path` is empty.
void RemoveReadyFile(const std::string& path) noexcept;

}  // namespace cdiscount
