#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/ports.hpp"
#include "crypto/sealed_box.hpp"

// What stands encrypted in the tables of auth, each text bound to its row: moved to another one, it does not open.
namespace cdiscount::auth {

std::string SealClientSecret(const crypto::SealedBox& box, const Credentials& credentials, std::int64_t revision);
/// Fails with kInternal when the text does not open, and says what to do.
Result<Secret> OpenClientSecret(const crypto::SealedBox& box, std::string_view sealed, const ClientId& client,
                                std::int64_t revision);

std::string SealToken(const crypto::SealedBox& box, const Secret& token, const ClientId& client,
                      std::string_view fingerprint);
Result<Secret> OpenToken(const crypto::SealedBox& box, std::string_view sealed, const ClientId& client,
                         std::string_view fingerprint);

}  // namespace cdiscount::auth
