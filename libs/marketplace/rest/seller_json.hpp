#pragma once

#include <string_view>

#include "core/result.hpp"
#include "marketplace/token_api.hpp"
#include "marketplace/types.hpp"

// The answers of GET /sellers and of the token realm, read tolerantly. Pure.
namespace cdiscount::marketplace::rest {

/// octopia-rest-v2.md, 8. kUnreadable when it is no object, or one without seller_id and seller_state.
Result<SellerDto> ReadSeller(std::string_view body);

/// octopia-rest-v2.md, 1.1. kUnreadable when the token or its lifetime is missing; the message holds nothing of the
/// body.
Result<IssuedToken> ReadToken(std::string_view body);

}  // namespace cdiscount::marketplace::rest
