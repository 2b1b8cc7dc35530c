#pragma once

#include <google/protobuf/message.h>

#include <boost/json/object.hpp>
#include <string>

#include "core/result.hpp"

// JSON on one line, safe on a terminal: invisible characters are escaped.
namespace cdiscount::cli {

/// Protobuf's JSON with every field. kUnreadable for a value outside the range of its type: a time of the year 10000.
Result<std::string> MessageJson(const google::protobuf::Message& message);

/// Bytes that are not UTF-8 become U+FFFD, one per wrong byte.
std::string ObjectJson(const boost::json::object& object);

}  // namespace cdiscount::cli
