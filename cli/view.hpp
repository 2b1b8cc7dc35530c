#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"

// How a message is shown to people. Texts name fields of it:
//
//   {seller.name}         the value of a field, "-" when it is absent or empty
//   {name|account_id}     the first of them that is there
//   {polled_at:ago}       in another form: ago (of a time), words (of an enum: "in preparation"), count (of a list)
//   {request.account}     a field of the request that is answered
//   {?attention}          the text is left out unless the field is there and not 0, false or empty
//   {?outcome=CONNECTED}  ... unless it is this word of its enum
//   {!attention}          the opposite: left out when it is there
//   TEXT||OTHER TEXT      the second when a field that the first one names is absent
//
// Values are escaped (EscapeInvisible). Times are local, with their offset.
namespace cdiscount::cli {

struct View {
  std::string rows = {};  ///< Path of the list that is shown as a table; without it the message itself is shown.
  /// "HEADER=TEXT": the columns of a table, or the lines "HEADER  TEXT" of a message, without those that say nothing.
  std::vector<std::string> columns = {};
  std::vector<std::string> lines = {};  ///< Sentences below, for each row of a table.
  std::string empty = {};               ///< Printed in place of a table without rows.
};

struct Scope {
  const google::protobuf::Message& message;
  const google::protobuf::Message* request = nullptr;
  SysTime now = {};
};

/// Nothing when a condition does not hold. Throws std::logic_error for a text that names a field that does not exist.
std::optional<std::string> FillIn(std::string_view text, const Scope& scope);

/// Lines that each end with a newline; `width` as in Table.
std::string Render(const View& view, const Scope& scope, std::size_t width);

}  // namespace cdiscount::cli
