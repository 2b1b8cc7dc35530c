#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/client.hpp"

namespace cdiscount::marketplace::rest {

/// The error for an answer that is no success (docs/marketplace.md#errors). Reads the problem+json of the API, the
/// {"statusCode", "message"} of the gateway and the {"error", "error_description"} of the token realm, and
/// copes with an empty body, HTML and anything else. `what` was tried, for the message, which also holds the cause and
/// the traceId. A 403 that speaks of a quota is kThrottled, with the countdown in its text as `retry_after`.
Error ErrorOf(const http::Response& response, const std::string& what);

/// A success whose body is not what it should be: `error`, with which a reader of this library refused the body, told
/// with what was tried and what came instead: "GET /orders for seller 98979: answered 200 with an HTML page where a
/// JSON list of orders was expected (text/html, 5 KB)". Nothing of the body is quoted.
Error Unexpected(const http::Response& response, const std::string& what, std::string_view expected, Error error);

/// True for a problem+json that has a title or a detail.
bool IsProblem(std::string_view body);

/// The realm's own word for a failure ("invalid_client"); empty when there is none.
std::string RealmErrorOf(std::string_view body);

}  // namespace cdiscount::marketplace::rest
