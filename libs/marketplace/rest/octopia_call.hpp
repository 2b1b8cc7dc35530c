#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/task.hpp"
#include "http/client.hpp"
#include "marketplace/caller.hpp"
#include "marketplace/rest/octopia_options.hpp"

// Inside rest/ only: one authenticated read of the API.
namespace cdiscount::marketplace::rest {

using Query = std::vector<std::pair<std::string, std::string>>;

/// GETs `path` ("/orders") as `caller`, with the headers of docs/marketplace.md#headers. A 2xx answer is a Response,
/// every other one an Error (see octopia_errors.hpp). The caller keeps `client` and `options` alive.
Task<Result<http::Response>> Fetch(http::Client& client, const OctopiaOptions& options, const Caller& caller,
                                   std::string path, Query query);

/// The marketplace's clock when it answered.
std::optional<SysTime> ServerTime(const http::Response& response);

}  // namespace cdiscount::marketplace::rest
