#include "marketplace/rest/octopia_call.hpp"

#include "core/time_text.hpp"
#include "marketplace/rest/octopia_errors.hpp"

namespace cdiscount::marketplace::rest {

Task<Result<http::Response>> Fetch(http::Client& client, const OctopiaOptions& options, const Caller& caller,
                                   std::string path, Query query) {
  const std::string what = "GET " + path + " for seller " + caller.seller.value();
  http::Request request;
  request.url = options.api_url + path;
  if (!query.empty()) request.url += '?' + http::EncodeQuery(query);
  request.headers.Set("Authorization", "Bearer " + caller.access_token.Reveal());
  request.headers.Set("SellerId", caller.seller.value());
  request.headers.Set("SalesChannelId", caller.channel.value());
  request.headers.Set("Accept", "application/json");
  if (!caller.traceparent.empty()) request.headers.Set("traceparent", caller.traceparent);

  auto response = co_await client.Send(std::move(request), options.timeout);
  if (response && (response->status < 200 || response->status > 299)) co_return ErrorOf(*response, what);
  co_return response;
}

std::optional<SysTime> ServerTime(const http::Response& response) {
  const auto date = response.headers.Get("Date");
  return date ? ParseHttpDate(*date) : std::nullopt;
}

}  // namespace cdiscount::marketplace::rest
