#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Looking at JSON text without reading it. Nothing here needs a JSON library, and nothing recurses.
namespace cdiscount::marketplace::rest {

/// True when every bracket outside of strings has its partner of the same kind and no value is nested deeper than
/// `most_levels`.
bool IsBalanced(std::string_view json, std::size_t most_levels);

/// The elements of the list under `key` in the JSON object `json`, as they stand in it, told apart by brackets, commas
/// and quotes alone: what is wrong inside of one does not touch the others. Nothing when the brackets of `json` do not
/// match, when it is no object, or when it has no such list. Of two lists the last one counts.
std::optional<std::vector<std::string_view>> SplitList(std::string_view json, std::string_view key);

/// True for what RFC 8259 calls a number.
bool IsJsonNumber(std::string_view text);

/// The text of a JSON string token ("\"caf\\u00e9\""): what cannot be unescaped becomes U+FFFD.
std::string UnescapeLeniently(std::string_view token);

/// The first text under `key` anywhere in what may be broken JSON; empty when there is none. For naming things to
/// people, not for deciding.
std::string FindText(std::string_view json, std::string_view key);

}  // namespace cdiscount::marketplace::rest
