#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cdiscount::crypto {

/// Standard base64 with padding (RFC 4648, section 4).
std::string Base64Encode(std::string_view bytes);
/// Strict: no white space, padding required. Nothing when the text is not base64.
std::optional<std::string> Base64Decode(std::string_view text);

/// Lower case.
std::string HexEncode(std::string_view bytes);
/// Either case. Nothing when the text is not hex.
std::optional<std::string> HexDecode(std::string_view text);

}  // namespace cdiscount::crypto
