#pragma once

#include <string_view>

#include "core/result.hpp"
#include "marketplace/token_api.hpp"
#include "marketplace/types.hpp"

// The answers of GET /sellers and of the token realm, read tolerantly. Pure.
namespace cdiscount::marketplace::rest {

/// docs/marketplace.md#sellers. kUnreadable when it is no object, or one without seller_id and seller_state.
Result<SellerDto> ReadSeller(std::string_view body);

/// docs/marketplace.md#tokens. A lifetime that is not told, or no number, is taken as five minutes; a fraction of a
/// second does not count. kUnreadable when the token is missing or has no second to live; the message holds nothing of
/// the body.
Result<IssuedToken> ReadToken(std::string_view body);

}  // namespace cdiscount::marketplace::rest
