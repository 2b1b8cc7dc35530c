#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text from outside, as both databases take it. Pure.
namespace cdiscount::order_ingest {

/// The first `most` bytes as EscapeInvisible gives them: valid UTF-8 without NUL; "..." at the end when it was cut.
std::string Storable(std::string_view text, std::size_t most = 1000);

/// Ids are keys of tables and of Kafka records: a PostgreSQL index takes about 2,700 bytes.
inline constexpr std::size_t kLongestKey = 512;

/// Whether a text can be a key as it is: UTF-8 without NUL, not empty, at most kLongestKey bytes.
bool IsStorableKey(std::string_view text);

}  // namespace cdiscount::order_ingest
