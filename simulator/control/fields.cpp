#include "simulator/control/fields.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace cdiscount::simulator {

Result<Fields> Fields::Parse(std::string_view body) {
  auto object = body.empty() ? Json::object() : Json::parse(body, nullptr, false);
  if (!object.is_object()) return Error{ErrorCode::kInvalidArgument, "the body must be a JSON object", {}, "body"};
  return Fields{std::move(object)};
}

const Json* Fields::Take(std::string_view name) {
  asked_.emplace(name);
  const auto found = object_.find(name);
  return found != object_.end() && !found->is_null() ? &*found : nullptr;
}

void Fields::Reject(std::string_view name, std::string_view expected) {
  if (error_) return;
  error_ = Error{ErrorCode::kInvalidArgument, fmt::format("{}: {}", name, expected), {}, std::string{name}};
}

void Fields::Require(std::string_view name) {
  if (!object_.contains(name)) Reject(name, "must be given");
}

void Fields::Read(std::string_view name, bool& out) {
  const auto* value = Take(name);
  if (!value) return;
  if (!value->is_boolean()) return Reject(name, "must be true or false");
  out = value->get<bool>();
}

void Fields::Read(std::string_view name, std::string& out) {
  const auto* value = Take(name);
  if (!value) return;
  if (!value->is_string()) return Reject(name, "must be a text");
  out = value->get<std::string>();
}

void Fields::Read(std::string_view name, double& out, double least, double most) {
  const auto* value = Take(name);
  if (!value) return;
  const auto number = value->is_number() ? value->get<double>() : std::nan("");
  if (!(number >= least && number <= most)) {
    return Reject(name, fmt::format("must be a number from {} to {}", least, most));
  }
  out = number;
}

void Fields::Read(std::string_view name, std::int64_t& out, std::int64_t least, std::int64_t most) {
  const auto* value = Take(name);
  if (!value) return;
  const auto number = value->is_number() ? value->get<double>() : std::nan("");  // 5.0 is as whole as 5
  if (!(number >= static_cast<double>(least) && number <= static_cast<double>(most)) || std::trunc(number) != number) {
    return Reject(name, fmt::format("must be a whole number from {} to {}", least, most));
  }
  out = value->is_number_float() ? static_cast<std::int64_t>(number) : value->get<std::int64_t>();
}

void Fields::Read(std::string_view name, std::vector<std::int64_t>& out) {
  const auto* value = Take(name);
  if (!value) return;
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), [](auto& v) { return v.is_number_integer(); })) {
    return Reject(name, "must be a list of whole numbers");
  }
  out = value->get<std::vector<std::int64_t>>();
}

std::vector<Json> Fields::Objects(std::string_view name) {
  const auto* value = Take(name);
  if (!value) return {};
  if (value->is_array() && std::all_of(value->begin(), value->end(), [](auto& v) { return v.is_object(); })) {
    return value->get<std::vector<Json>>();
  }
  Reject(name, "must be a list of objects");
  return {};
}

Json Fields::Object(std::string_view name) {
  const auto* value = Take(name);
  if (value && !value->is_object()) Reject(name, "must be an object");
  return value && value->is_object() ? *value : Json();
}

std::optional<Error> Fields::Wrong() const {
  if (error_) return error_;
  for (const auto& [key, value] : object_.items()) {
    if (asked_.contains(key)) continue;
    return Error{ErrorCode::kInvalidArgument, fmt::format("{} is no field of this call", key), {}, key};
  }
  return std::nullopt;
}

}  // namespace cdiscount::simulator
