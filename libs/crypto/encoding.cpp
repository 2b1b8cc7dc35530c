#include "crypto/encoding.hpp"

#include <openssl/evp.h>

#include <boost/algorithm/hex.hpp>
#include <cstddef>
#include <utility>

namespace cdiscount::crypto {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

std::string Base64Encode(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL adds a NUL
  const int length = EVP_EncodeBlock(Bytes(text), Bytes(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string bytes(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(Bytes(bytes), Bytes(text), static_cast<int>(text.size())) < 0) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  // OpenSSL forgives white space, stray padding and left-over bits; a text that is kept must have one form.
  return Base64Encode(bytes) == text ? std::optional(std::move(bytes)) : std::nullopt;
}

std::string HexEncode(std::string_view bytes) {
  return boost::algorithm::hex_lower(std::string(bytes));
}

std::optional<std::string> HexDecode(std::string_view text) {
  try {
    return boost::algorithm::unhex(std::string(text));
  } catch (const boost::algorithm::hex_decode_error&) {
    return std::nullopt;
  }
}

}  // namespace cdiscount::crypto
