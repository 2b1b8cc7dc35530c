#include "marketplace/rest/seller_json.hpp"

#include <algorithm>
#include <chrono>

#include "core/money.hpp"

#include "marketplace/rest/json_reader.hpp"
#include "marketplace/rest/json_text.hpp"

namespace cdiscount::marketplace::rest {
namespace {

constexpr std::size_t kMostLevels = 32;

struct TokenBody {
  std::string access_token;
  Decimal expires_in;
};

}  // namespace

template <>
struct Fields<SellerDto> {
  static constexpr Field<SellerDto> kAll[] = {
      {"seller_id", ReadMember<&SellerDto::seller_id>},
      {"login", ReadMember<&SellerDto::login>},
      {"shop_name", ReadMember<&SellerDto::shop_name>},
      {"shop_url", ReadMember<&SellerDto::shop_url>},
      {"seller_state", ReadMember<&SellerDto::seller_state>},
      {"seller_sub_state", ReadMember<&SellerDto::seller_sub_state>},
      {"subscription_step", ReadMember<&SellerDto::subscription_step>},
      {"auto_accept_order", ReadMember<&SellerDto::auto_accept_order>},
      {"fulfillment_profile_id", ReadMember<&SellerDto::fulfillment_profile_id>},
      {"language", ReadMember<&SellerDto::language>},
      {"creation_date", ReadMember<&SellerDto::creation_date>},
  };
};

template <>
struct Fields<TokenBody> {
  static constexpr Field<TokenBody> kAll[] = {
      {"access_token", ReadMember<&TokenBody::access_token>},
      {"expires_in", ReadMember<&TokenBody::expires_in>},
  };
};

namespace {

template <class T>
Result<T> ReadObject(std::string_view body) {
  body = WithoutByteOrderMark(body);
  if (!IsBalanced(body, kMostLevels)) return Error{ErrorCode::kUnreadable, "its brackets do not match"};
  const simdjson::padded_string padded(body);
  ondemand::parser parser;
  JsonReader reader;
  T read{};
  try {
    auto document = parser.iterate(padded);
    reader.Read(document.get_value().value(), read);
  } catch (const simdjson::simdjson_error& error) {
    return Error{ErrorCode::kUnreadable, WhyNoJson(error)};
  }
  return read;
}

}  // namespace

Result<SellerDto> ReadSeller(std::string_view body) {
  auto seller = ReadObject<SellerDto>(body);
  if (seller && seller->seller_id.empty() && seller->seller_state.empty()) {
    return Error{ErrorCode::kUnreadable, "it has neither seller_id nor seller_state"};
  }
  return seller;
}

Result<IssuedToken> ReadToken(std::string_view body) {
  constexpr std::chrono::seconds kWhenNotTold = std::chrono::minutes{5};
  constexpr std::chrono::seconds kMost = std::chrono::days{365};
  auto token = ReadObject<TokenBody>(body);
  if (!token) return token.error();
  if (token->access_token.empty()) return Error{ErrorCode::kUnreadable, "it has no access_token"};
  const auto ms = ParseMinorUnits(token->expires_in.text, 3);
  const auto lifetime = ms ? std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds{*ms}) : kWhenNotTold;
  if (lifetime < std::chrono::seconds{1}) return Error{ErrorCode::kUnreadable, "its access_token has already expired"};
  return IssuedToken{Secret(std::move(token->access_token)), std::min(lifetime, kMost)};
}

}  // namespace cdiscount::marketplace::rest
