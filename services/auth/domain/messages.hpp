#pragma once

#include <google/protobuf/generated_enum_reflection.h>
#include <google/protobuf/util/time_util.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"

namespace cdiscount::auth {

inline google::protobuf::Timestamp ToTimestamp(SysTime time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(time.time_since_epoch().count());
}

/// The names of an enum's values as metrics and log lines show them, in the order of their numbers:
/// "needs_new_credentials" for ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS. Empty for ..._UNSPECIFIED, number 0.
template <class Enum>
std::vector<std::string> Labels() {
  constexpr std::string_view kUnspecified = "UNSPECIFIED";
  const auto& values = *google::protobuf::GetEnumDescriptor<Enum>();
  const auto prefix = values.value(0)->name().size() - kUnspecified.size();
  std::vector<std::string> labels{""};
  for (int i = 1; i < values.value_count(); ++i) {
    auto& label = labels.emplace_back(values.value(i)->name().substr(prefix));
    for (auto& c : label) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return labels;
}

template <class Enum>
std::string LabelOf(Enum value) {
  return Labels<Enum>().at(static_cast<std::size_t>(value));
}

}  // namespace cdiscount::auth
