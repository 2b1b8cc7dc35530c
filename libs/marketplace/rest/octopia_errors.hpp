#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/client.hpp"

namespace cdiscount::marketplace::rest {

/// What an answer that is no success means to the caller (octopia-rest-v2.md, 2.2 to 2.5). Reads the problem+json of
/// the API, the {"statusCode", "message"} of the gateway and the {"error", "error_description"} of the token realm, and
/// copes with an empty body, HTML and anything else. `what` was tried, for the message, which also holds the cause and
/// the traceId. A 403 that speaks of a quota is kThrottled, with the countdown in its text as `retry_after`.
Error ErrorOf(const http::Response& response, const std::string& what);

/// The realm's own word for a failure ("invalid_client"); empty when there is none.
std::string RealmErrorOf(std::string_view body);

}  // namespace cdiscount::marketplace::rest
