#include "json.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <string_view>

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
  const auto text = boost::json::serialize(object);
  std::string valid;
  for (std::string_view rest = text; !rest.empty();) {
    const auto length = FirstCharacter(rest).length;
    valid += length == 0 ? "\xEF\xBF\xBD" : rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return EscapeInvisible(valid);
}

}  // namespace cdiscount::cli
