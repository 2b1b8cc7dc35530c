#include "marketplace/rest/octopia_sellers.hpp"

#include <utility>

#include "marketplace/rest/octopia_call.hpp"
#include "marketplace/rest/octopia_errors.hpp"
#include "marketplace/rest/seller_json.hpp"

namespace cdiscount::marketplace {

OctopiaSellers::OctopiaSellers(http::Client& client, OctopiaOptions options)
    : client_(client), options_(std::move(options)) {}

Task<Result<SellerDto>> OctopiaSellers::GetSeller(const Caller& caller) {
  const auto response = co_await rest::Fetch(client_, options_, caller, "/sellers", rest::Query{});
  if (!response) co_return response.error();
  auto seller = rest::ReadSeller(response->body);
  if (seller && !seller->seller_id.empty() && seller->seller_id != caller.seller.value()) {
    co_return Error{ErrorCode::kUnreadable,
                    "GET /sellers for seller " + caller.seller.value() + ": the answer is about another seller"};
  }
  if (seller) co_return seller;
  co_return rest::Unexpected(*response, "GET /sellers for seller " + caller.seller.value(), "a JSON seller",
                             seller.error());
}

}  // namespace cdiscount::marketplace
