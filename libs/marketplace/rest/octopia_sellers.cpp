#include "marketplace/rest/octopia_sellers.hpp"

#include <utility>

#include "marketplace/rest/octopia_call.hpp"
#include "marketplace/rest/seller_json.hpp"

namespace cdiscount::marketplace {

OctopiaSellers::OctopiaSellers(http::Client& client, OctopiaOptions options)
    : client_(client), options_(std::move(options)) {}

Task<Result<SellerDto>> OctopiaSellers::GetSeller(const Caller& caller) {
  const auto response = co_await rest::Fetch(client_, options_, caller, "/sellers", rest::Query{});
  if (!response) co_return response.error();
  co_return rest::ReadSeller(response->body);
}

}  // namespace cdiscount::marketplace
