#include "crypto/uuid.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <stdexcept>
#include <utility>

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::crypto {
namespace {

/// Sets version and variant in the first 16 bytes and prints them.
std::string Format(std::string bytes, unsigned version) {
  bytes.resize(16);
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | (version << 4U));
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
  auto text = HexEncode(bytes);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

std::string ParseUuid(std::string_view text) {
  std::string digits(text);
  const bool dashes = text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
  std::erase(digits, '-');
  const auto bytes = HexDecode(digits);
  if (!dashes || !bytes || bytes->size() != 16) {
    throw std::invalid_argument("\"" + std::string(text) + "\" is no UUID");
  }
  return *bytes;
}

}  // namespace

std::string UuidV4() {
  return Format(RandomBytes(16), 4);
}

std::string UuidV5(std::string_view name_space, std::string_view name) {
  const auto input = ParseUuid(name_space).append(name);
  std::string digest(SHA_DIGEST_LENGTH, '\0');
  if (EVP_Digest(input.data(), input.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha1(),
                 nullptr) != 1) {
    throw std::runtime_error("OpenSSL computes no SHA-1, which a version 5 UUID is made of");
  }
  return Format(std::move(digest), 5);
}

}  // namespace cdiscount::crypto
