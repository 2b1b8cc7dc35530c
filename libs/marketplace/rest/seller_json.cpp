#include "marketplace/rest/seller_json.hpp"

#include "marketplace/rest/json_reader.hpp"
#include "marketplace/rest/json_text.hpp"

namespace cdiscount::marketplace::rest {
namespace {

constexpr std::size_t kMostLevels = 32;

struct TokenBody {
  std::string access_token;
  std::optional<std::int64_t> expires_in;
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
Result<T> ReadObject(std::string_view body, const std::string& what) {
  if (!IsBalanced(body, kMostLevels)) return Error{ErrorCode::kUnreadable, what + " is no JSON object"};
  const simdjson::padded_string padded(body);
  ondemand::parser parser;
  JsonReader reader;
  T read{};
  try {
    auto document = parser.iterate(padded);
    reader.Read(document.get_value().value(), read);
  } catch (const simdjson::simdjson_error& error) {
    return Error{ErrorCode::kUnreadable, what + " is no JSON object: " + error.what()};
  }
  return read;
}

}  // namespace

Result<SellerDto> ReadSeller(std::string_view body) {
  auto seller = ReadObject<SellerDto>(body, "the answer about the seller");
  if (seller && seller->seller_id.empty() && seller->seller_state.empty()) {
    return Error{ErrorCode::kUnreadable, "the answer about the seller has neither seller_id nor seller_state"};
  }
  return seller;
}

Result<IssuedToken> ReadToken(std::string_view body) {
  auto token = ReadObject<TokenBody>(body, "the answer of the token service");
  if (!token) return token.error();
  if (token->access_token.empty() || token->expires_in.value_or(0) < 1) {
    return Error{ErrorCode::kUnreadable, "the answer of the token service has no access_token with an expires_in"};
  }
  constexpr std::int64_t kMost = 365 * 24 * 3600;
  return IssuedToken{Secret(std::move(token->access_token)), std::chrono::seconds{std::min(*token->expires_in, kMost)}};
}

}  // namespace cdiscount::marketplace::rest
