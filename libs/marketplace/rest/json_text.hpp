#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Looking at JSON text without reading it. Nothing here needs a JSON library, and nothing recurses.
namespace cdiscount::marketplace::rest {

/// True when every bracket outside of strings has its partner of the same kind, no value is nested deeper than
/// `most_levels`, and nothing follows the first whole object or list.
bool IsBalanced(std::string_view json, std::size_t most_levels);

/// The text behind a UTF-8 byte order mark, if it begins with one.
std::string_view WithoutByteOrderMark(std::string_view text);

/// A list inside of a JSON object, as far as its elements can be told apart.
struct ListScan {
  std::vector<std::string_view> elements;  ///< The whole ones, as they stand, in order.
  /// The object is not whole: it ends too early, or from some place on its brackets and quotes do not fit.
  bool cut = false;
  /// Then: the text from the first element on that is not whole.
  std::string_view rest;
};

/// Tells the elements of the list under `key` in the JSON object `json` apart by brackets, commas and quotes alone:
/// what is wrong inside of one does not touch the others, unless it breaks the brackets; then those before it are told.
/// Nothing when `json` is no object, or when such a list does not begin in it before it breaks. Of two lists the last
/// one counts. Takes time and memory in proportion to the text.
std::optional<ListScan> ScanList(std::string_view json, std::string_view key);

/// True for what RFC 8259 calls a number.
bool IsJsonNumber(std::string_view text);

/// The text of a JSON string token ("\"caf\\u00e9\""): what cannot be unescaped becomes U+FFFD.
std::string UnescapeLeniently(std::string_view token);

/// The first text under `key` anywhere in what may be broken JSON; empty when there is none. For naming things to
/// people, not for deciding.
std::string FindText(std::string_view json, std::string_view key);

}  // namespace cdiscount::marketplace::rest
