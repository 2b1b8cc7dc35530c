#include "simulator/control/fields.hpp"

#include <fmt/core.h>

#include <boost/json/parse.hpp>

namespace cdiscount::simulator {

namespace json = boost::json;

Result<Fields> Fields::Parse(std::string_view body) {
  if (body.empty()) return Fields{json::object{}};
  boost::system::error_code failure;
  auto value = json::parse(body, failure);
  if (failure)
    return Error{ErrorCode::kInvalidArgument, fmt::format("the body is no JSON: {}", failure.message()), {}, "body"};
  if (!value.is_object()) return Error{ErrorCode::kInvalidArgument, "the body must be a JSON object", {}, "body"};
  return Fields{std::move(value.as_object())};
}

const json::value* Fields::Take(std::string_view name) {
  asked_.emplace(name);
  const auto* value = object_.if_contains(name);
  return value && !value->is_null() ? value : nullptr;
}

void Fields::Reject(std::string_view name, std::string_view expected) {
  if (!error_)
    error_ = Error{ErrorCode::kInvalidArgument, fmt::format("{}: {}", name, expected), {}, std::string{name}};
}

void Fields::Require(std::string_view name) {
  if (!object_.contains(name)) Reject(name, "must be given");
}

std::optional<std::int64_t> Fields::Int(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto* value = Take(name);
  if (!value) return std::nullopt;
  boost::system::error_code failure;
  const auto number = value->to_number<std::int64_t>(failure);
  if (!failure && number >= least && number <= most) return number;
  Reject(name, fmt::format("must be a whole number from {} to {}", least, most));
  return std::nullopt;
}

std::optional<double> Fields::Number(std::string_view name, double least, double most) {
  const auto* value = Take(name);
  if (!value) return std::nullopt;
  boost::system::error_code failure;
  const auto number = value->to_number<double>(failure);
  if (!failure && number >= least && number <= most) return number;
  Reject(name, fmt::format("must be a number from {} to {}", least, most));
  return std::nullopt;
}

std::optional<std::string> Fields::Text(std::string_view name) {
  const auto* value = Take(name);
  if (!value) return std::nullopt;
  if (value->is_string()) return std::string{value->as_string()};
  Reject(name, "must be a text");
  return std::nullopt;
}

std::optional<bool> Fields::Bool(std::string_view name) {
  const auto* value = Take(name);
  if (!value) return std::nullopt;
  if (value->is_bool()) return value->as_bool();
  Reject(name, "must be true or false");
  return std::nullopt;
}

std::vector<std::int64_t> Fields::Ints(std::string_view name) {
  const auto* value = Take(name);
  if (!value) return {};
  std::vector<std::int64_t> numbers;
  if (value->is_array()) {
    for (const auto& item : value->as_array()) {
      if (!item.is_int64()) break;
      numbers.push_back(item.as_int64());
    }
    if (numbers.size() == value->as_array().size()) return numbers;
  }
  Reject(name, "must be a list of whole numbers");
  return {};
}

std::vector<std::string> Fields::Texts(std::string_view name) {
  const auto* value = Take(name);
  if (!value) return {};
  std::vector<std::string> texts;
  if (value->is_array()) {
    for (const auto& item : value->as_array()) {
      if (!item.is_string()) break;
      texts.emplace_back(item.as_string());
    }
    if (texts.size() == value->as_array().size()) return texts;
  }
  Reject(name, "must be a list of texts");
  return {};
}

std::vector<json::object> Fields::Objects(std::string_view name) {
  const auto* value = Take(name);
  if (!value) return {};
  std::vector<json::object> objects;
  if (value->is_array()) {
    for (const auto& item : value->as_array()) {
      if (!item.is_object()) break;
      objects.push_back(item.as_object());
    }
    if (objects.size() == value->as_array().size()) return objects;
  }
  Reject(name, "must be a list of objects");
  return {};
}

std::optional<json::object> Fields::Object(std::string_view name) {
  const auto* value = Take(name);
  if (!value) return std::nullopt;
  if (value->is_object()) return value->as_object();
  Reject(name, "must be an object");
  return std::nullopt;
}

Status Fields::Check() const {
  if (error_) return *error_;
  for (const auto& field : object_) {
    if (!asked_.contains(field.key())) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("{} is no field of this call", std::string_view{field.key()}),
                   {},
                   std::string{field.key()}};
    }
  }
  return Ok();
}

}  // namespace cdiscount::simulator
