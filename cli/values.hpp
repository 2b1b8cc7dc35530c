#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"

// Fields of a message by their path ("order.lines"), through its descriptor, and their values as people read and type
// them. A path that does not exist is a fault of this program: std::logic_error.
namespace cdiscount::cli {

/// A field in the message that holds it; a message on the way that is absent counts as an empty one.
struct Field {
  const google::protobuf::Message* holder;
  const google::protobuf::FieldDescriptor* type;
};
Field FindField(const google::protobuf::Message& message, std::string_view path);

/// Neither absent, nor empty, 0 or false.
bool IsSet(const Field& field);

/// The messages of a list.
std::vector<const google::protobuf::Message*> MessagesOf(const Field& list);

/// "IN_PREPARATION", "144.99 EUR", "2026-10-06T17:30:00+02:00", "on" and "off" for a bool. `form` is empty or one of
/// those of view.hpp. Nothing for an empty text, and for a message or an enum that is not set. Invisible characters are
/// escaped.
std::optional<std::string> ValueText(const Field& field, std::string_view form, SysTime now);

/// The words that an enum takes, without the one for "unspecified".
std::vector<std::string> WordsOf(const google::protobuf::EnumDescriptor& type);

/// The text must be a value of the field's type: a word in either case, a time as RFC 3339 writes it.
void SetField(google::protobuf::Message& message, std::string_view path, const std::string& text);

/// In the time zone of this process (TZ), in whole seconds: "2026-10-06T17:30:00+02:00"; "...Z" where that is UTC.
std::string LocalTime(SysTime time);

}  // namespace cdiscount::cli
