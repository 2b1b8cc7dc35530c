#pragma once

#include <chrono>
#include <string>

namespace cdiscount::marketplace {

/// Where the Octopia Seller REST API V2 is. Source: docs/marketplace.md#address.
struct OctopiaOptions {
  std::string api_url = "https://api.octopia-io.net/seller/v2";
  std::string token_url = "https://auth.octopia-io.net/auth/realms/maas/protocol/openid-connect/token";
  std::chrono::milliseconds timeout{30'000};  ///< For one call, everything included; 2.5.
};

}  // namespace cdiscount::marketplace
