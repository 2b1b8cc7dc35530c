#include "json.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "core/unicode.hpp"

namespace cdiscount::cli {

Result<std::string> MessageJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (status.ok()) return EscapeInvisible(text);
  return Error{ErrorCode::kUnreadable,
               fmt::format("a {} cannot be written as JSON: {}", message.GetDescriptor()->name(), status.ToString())};
}

std::string ObjectJson(const boost::json::object& object) {
  return EscapeInvisible(boost::json::serialize(object));
}

std::string ValidUtf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const auto length = FirstCharacter(text).length;
    valid += length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

}  // namespace cdiscount::cli
