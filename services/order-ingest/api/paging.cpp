#include "api/paging.hpp"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "crypto/encoding.hpp"

namespace cdiscount::order_ingest {
namespace {

std::optional<ListPlace> FromToken(const std::string& token) {
  const auto text = crypto::Base64Decode(token);
  if (!text) return std::nullopt;
  const auto space = text->find(' ');
  if (space == std::string::npos) return std::nullopt;
  ListPlace place;
  const auto [end, error] = std::from_chars(text->data(), text->data() + space, place.at);
  if (error != std::errc{} || end != text->data() + space) return std::nullopt;
  place.key = text->substr(space + 1);
  return place;
}

}  // namespace

Result<PageAsked> ReadPage(int size, const std::string& token) {
  if (size < 0) return InvalidField("page_size", "must not be negative");
  PageAsked asked;
  if (size > 0) asked.size = std::min(size, kLargestPage);
  if (!token.empty()) {
    auto place = FromToken(token);
    if (!place) return InvalidField("page_token", "is not one that an answer gave");
    asked.place = std::move(*place);
    asked.first = false;
  }
  return asked;
}

std::string ToToken(const ListPlace& place) {
  return crypto::Base64Encode(std::to_string(place.at) + " " + place.key);
}

Result<std::int64_t> Micros(const google::protobuf::Timestamp& time, const std::string& field) {
  using google::protobuf::util::TimeUtil;
  if (time.seconds() < TimeUtil::kTimestampMinSeconds || time.seconds() > TimeUtil::kTimestampMaxSeconds) {
    return InvalidField(field, "must be of the years 1 to 9999");
  }
  return time.seconds() * 1'000'000 + (time.nanos() + 999) / 1'000;
}

Error InvalidField(std::string field, const std::string& rule) {
  return {.code = ErrorCode::kInvalidArgument, .message = field + ": " + rule, .field = std::move(field)};
}

}  // namespace cdiscount::order_ingest
