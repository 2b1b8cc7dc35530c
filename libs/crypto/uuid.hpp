#pragma once

#include <string>
#include <string_view>

namespace cdiscount::crypto {

/// A random UUID, version 4, lower case.
std::string UuidV4();

/// The UUID of a name in a namespace, version 5 (RFC 4122, 4.3): the same name always gives the same id. Throws
/// std::runtime_error when `name_space` is no UUID: it is a constant.
std::string UuidV5(std::string_view name_space, std::string_view name);

}  // namespace cdiscount::crypto
