#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Looking at JSON text without reading it. Nothing here needs a JSON library, and nothing recurses.
namespace cdiscount::marketplace::rest {

/// True when every bracket outside of strings has its partner of the same kind and no value is nested deeper than
/// `most_levels`.
bool IsBalanced(std::string_view json, std::size_t most_levels);

/// True for what RFC 8259 calls a number.
bool IsJsonNumber(std::string_view text);

/// The text of a JSON string token ("\"caf\\u00e9\""): what cannot be unescaped becomes U+FFFD.
std::string UnescapeLeniently(std::string_view token);

/// The first text under `key` anywhere in what may be broken JSON; empty when there is none. For naming things to
/// people, not for deciding.
std::string FindText(std::string_view json, std::string_view key);

}  // namespace cdiscount::marketplace::rest
