#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/secret.hpp"

// Every function is safe to call from any thread and throws std::runtime_error only when OpenSSL itself fails.
namespace cdiscount::crypto {

/// 32 raw bytes.
std::string Sha256(std::string_view bytes);
/// 64 lower-case hex digits.
std::string Sha256Hex(std::string_view bytes);

/// 32 raw bytes (RFC 2104 with SHA-256).
std::string HmacSha256(const Secret& key, std::string_view bytes);
std::string HmacSha256Hex(const Secret& key, std::string_view bytes);

/// From the operating system's generator, fit for keys.
std::string RandomBytes(std::size_t count);

/// Compares without telling by its duration where the texts differ. Their lengths are no secret.
bool ConstantTimeEquals(std::string_view left, std::string_view right);

/// First 16 hex digits of the SHA-256: names a token in a log or a request without giving it away.
std::string TokenFingerprint(const Secret& token);

}  // namespace cdiscount::crypto
