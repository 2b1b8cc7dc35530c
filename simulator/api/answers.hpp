#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/server.hpp"
#include "simulator/world/json.hpp"

namespace cdiscount::simulator {

/// An answer, and how late it leaves.
struct Answer {
  http::ServerResponse response;
  std::chrono::milliseconds delay{0};
};

/// JSON text with the content type of the API itself.
http::ServerResponse JsonAnswer(int status, std::string body);

/// An error of the API itself: application/problem+json with `traceId`, and `errors` when a field is named
/// (docs/marketplace.md#errors).
http::ServerResponse Problem(int status, std::string_view detail, std::string_view instance,
                             const std::vector<std::pair<std::string, std::string>>& errors = {});

/// An error of the gateway: `{"statusCode": 404, "message": "..."}` (docs/marketplace.md#errors).
http::ServerResponse GatewayError(int status, std::string_view message);

/// The call quota's answer with its countdown (docs/marketplace.md#quota).
http::ServerResponse QuotaExceeded(std::chrono::seconds wait, bool retry_after);

/// An answer of the token realm, with its content type (docs/marketplace.md#tokens).
http::ServerResponse RealmAnswer(int status, const Json& body);
http::ServerResponse RealmError(int status, std::string_view error, std::string_view description);

}  // namespace cdiscount::simulator
