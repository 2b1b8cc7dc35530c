#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/server.hpp"

namespace cdiscount::simulator {

/// An answer, and how late it leaves.
struct Answer {
  http::ServerResponse response;
  std::chrono::milliseconds delay{0};
};

/// application/json with this body.
http::ServerResponse JsonAnswer(int status, std::string body);

/// An error of the API itself: application/problem+json with `traceId`, and `errors` when a field is named.
/// Source: octopia-rest-v2.md, 2.2 (a).
http::ServerResponse Problem(int status, std::string_view detail, std::string_view instance,
                             const std::vector<std::pair<std::string, std::string>>& errors = {});

/// An error of the gateway: `{"statusCode": 404, "message": "..."}`. Source: octopia-rest-v2.md, 2.2 (b).
http::ServerResponse GatewayError(int status, std::string_view message);

/// The call quota's answer with its countdown. Source: octopia-rest-v2.md, 2.4, measured.
http::ServerResponse QuotaExceeded(std::chrono::seconds wait, bool retry_after);

/// An error of the token realm. Source: octopia-rest-v2.md, 9 row 21.
http::ServerResponse RealmError(int status, std::string_view error, std::string_view description);

}  // namespace cdiscount::simulator
