#include "marketplace/rest/seller_json.hpp"

#include <algorithm>
#include <chrono>

#include "core/money.hpp"
#include "marketplace/rest/json_reader.hpp"

namespace cdiscount::marketplace::rest {

Result<SellerDto> ReadSeller(std::string_view body) {
  SellerDto seller;
  const auto read = ReadObject(body, [&](JsonReader& reader, std::string_view key, ondemand::value value) {
    if (key == "seller_id") reader.Read(value, seller.seller_id);
    if (key == "shop_name") reader.Read(value, seller.shop_name);
    if (key == "seller_state") reader.Read(value, seller.seller_state);
    if (key == "seller_sub_state") reader.Read(value, seller.seller_sub_state);
    if (key == "subscription_step") reader.Read(value, seller.subscription_step);
    if (key == "auto_accept_order") reader.Read(value, seller.auto_accept_order);
  });
  if (!read) return read.error();
  if (seller.seller_id.empty() && seller.seller_state.empty()) {
    return Error{ErrorCode::kUnreadable, "it has neither seller_id nor seller_state"};
  }
  return seller;
}

Result<IssuedToken> ReadToken(std::string_view body) {
  constexpr std::chrono::seconds kWhenNotTold = std::chrono::minutes{5};
  constexpr std::chrono::seconds kMost = std::chrono::days{365};
  std::string token;
  Decimal expires_in;
  const auto read = ReadObject(body, [&](JsonReader& reader, std::string_view key, ondemand::value value) {
    if (key == "access_token") reader.Read(value, token);
    if (key == "expires_in") reader.Read(value, expires_in);
  });
  if (!read) return read.error();
  if (token.empty()) return Error{ErrorCode::kUnreadable, "it has no access_token"};
  const auto ms = ParseMinorUnits(expires_in.text, 3);
  const auto lifetime = ms ? std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds{*ms}) : kWhenNotTold;
  if (lifetime < std::chrono::seconds{1}) return Error{ErrorCode::kUnreadable, "its access_token has already expired"};
  return IssuedToken{Secret(std::move(token)), std::min(lifetime, kMost)};
}

}  // namespace cdiscount::marketplace::rest
