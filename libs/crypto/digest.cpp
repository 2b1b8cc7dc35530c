#include "crypto/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <stdexcept>

#include "crypto/encoding.hpp"

namespace cdiscount::crypto {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  if (EVP_Digest(bytes.data(), bytes.size(), Bytes(digest), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL computes no SHA-256");
  }
  return digest;
}

std::string Sha256Hex(std::string_view bytes) {
  return HexEncode(Sha256(bytes));
}

std::string HmacSha256(const Secret& key, std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  const auto& secret = key.Reveal();
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), Bytes(bytes), bytes.size(), Bytes(digest),
           nullptr) == nullptr) {
    throw std::runtime_error("OpenSSL computes no HMAC-SHA-256");
  }
  return digest;
}

std::string HmacSha256Hex(const Secret& key, std::string_view bytes) {
  return HexEncode(HmacSha256(key, bytes));
}

std::string RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(Bytes(bytes), static_cast<int>(count)) != 1) throw std::runtime_error("OpenSSL gives no random bytes");
  return bytes;
}

bool ConstantTimeEquals(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string TokenFingerprint(const Secret& token) {
  return Sha256Hex(token.Reveal()).substr(0, 16);
}

}  // namespace cdiscount::crypto
