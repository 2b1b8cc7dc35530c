#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.hpp"

// Rules for texts from outside: escape or refuse characters that are not visible.
namespace cdiscount {

/// The first character of a text that is not empty.
struct Utf8Character {
  char32_t value = 0;
  std::size_t length = 0;  ///< Bytes; 0 = the first byte begins no well-formed UTF-8 (Unicode 15, table 3-7).
};
Utf8Character FirstCharacter(std::string_view text);

/// True for characters without a shape of their own that can change how a text is shown: C0 and C1 controls, DEL, line
/// and paragraph separators, bidirectional controls, zero-width and filler characters, the byte order mark.
bool IsInvisible(char32_t character);

/// The text for a terminal: one line that can neither move the cursor, nor colour, nor reverse what stands beside it.
/// Invisible characters become "\n", "\r", "\t" or "\u001b" (beyond U+FFFF two of them, as in JSON); a byte that is not
/// UTF-8 becomes "\xff". The rest stays as it is, a backslash too, so escaping twice changes nothing.
std::string EscapeInvisible(std::string_view text);

/// Cleans a text that a person typed, pasted or mounted (a credential, a setting): invisible and blank characters at
/// its ends are removed (line breaks, a byte order mark, no-break and zero-width spaces). Fails with kInvalidArgument
/// when such a character stands inside, or a byte that is not UTF-8. Spaces (U+0020) inside stay. The message continues
/// a sentence
/// ("holds U+200B, which cannot be seen, at position 7: ...") and never quotes the text.
Result<std::string> CleanInput(std::string_view text);

}  // namespace cdiscount
