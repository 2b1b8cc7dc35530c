#include "values.hpp"

#include <fmt/chrono.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/time_util.h>

#include <boost/algorithm/string.hpp>
#include <chrono>
#include <ctime>
#include <stdexcept>

#include "cdiscount/orders/v1/order.pb.h"
#include "core/money.hpp"
#include "core/time_text.hpp"
#include "core/unicode.hpp"

namespace cdiscount::cli {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

/// "ORDER_STATUS_": what each name of the enum begins with, the one of 0 too.
std::string PrefixOf(const EnumDescriptor& type) {
  constexpr std::string_view kZero = "UNSPECIFIED";
  return type.value(0)->name().substr(0, type.value(0)->name().size() - kZero.size());
}

std::string WordText(const Field& field, int number, std::string_view form) {
  const auto& type = *field.type->enum_type();
  const auto* value = type.FindValueByNumber(number);
  if (value == nullptr) return fmt::format("{} {}", field.type->name(), number);  // of a newer contract
  const auto word = value->name().substr(PrefixOf(type).size());
  return form == "words" ? boost::to_lower_copy(boost::replace_all_copy(word, "_", " ")) : word;
}

std::string Ago(SysTime time, SysTime now) {
  const auto age = (std::chrono::floor<std::chrono::seconds>(now) - time).count() / 1'000'000;
  const auto distance = age < 0 ? -age : age;
  const auto words = distance < 120      ? fmt::format("{} s", distance)
                     : distance < 7200   ? fmt::format("{} min", distance / 60)
                     : distance < 172800 ? fmt::format("{} h", distance / 3600)
                                         : fmt::format("{} days", distance / 86400);
  return age < 0 ? "in " + words : words + " ago";
}

std::optional<std::string> TimeText(const Timestamp& time, std::string_view form, SysTime now) {
  if (time.seconds() == 0 && time.nanos() == 0) return std::nullopt;
  if (time.seconds() < TimeUtil::kTimestampMinSeconds || time.seconds() > TimeUtil::kTimestampMaxSeconds) {
    return fmt::format("no time ({} s)", time.seconds());
  }
  const SysTime instant{std::chrono::seconds{time.seconds()}};
  return form == "ago" ? Ago(instant, now) : LocalTime(instant);
}

std::optional<std::string> MoneyText(const orders::v1::Money& money) {
  if (money.minor_units() == 0 && money.currency().empty()) return std::nullopt;
  const auto text = FormatMinorUnits(money.minor_units(), MinorDigits(money.currency()));
  return money.currency().empty() ? text : text + " " + EscapeInvisible(money.currency());
}

}  // namespace

Field FindField(const Message& message, std::string_view path) {
  const auto dot = path.find('.');
  const auto* type = message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (type == nullptr) throw std::logic_error(fmt::format("{} has no field {}", message.GetTypeName(), path));
  if (dot == std::string_view::npos) return {&message, type};
  return FindField(message.GetReflection()->GetMessage(message, type), path.substr(dot + 1));
}

bool IsSet(const Field& field) {
  const auto& reflection = *field.holder->GetReflection();
  return field.type->is_repeated() ? reflection.FieldSize(*field.holder, field.type) > 0
                                   : reflection.HasField(*field.holder, field.type);
}

std::vector<const Message*> MessagesOf(const Field& list) {
  const auto& reflection = *list.holder->GetReflection();
  std::vector<const Message*> messages;
  for (int index = 0; index < reflection.FieldSize(*list.holder, list.type); ++index) {
    messages.push_back(&reflection.GetRepeatedMessage(*list.holder, list.type, index));
  }
  return messages;
}

std::optional<std::string> ValueText(const Field& field, std::string_view form, SysTime now) {
  const auto& [holder, type] = field;
  const auto& reflection = *holder->GetReflection();
  if (form == "count") return std::to_string(reflection.FieldSize(*holder, type));
  if (type->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return reflection.GetBool(*holder, type) ? "on" : "off";
  if (type->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const auto& value = reflection.GetMessage(*holder, type);
    if (const auto* time = dynamic_cast<const Timestamp*>(&value)) return TimeText(*time, form, now);
    return MoneyText(dynamic_cast<const orders::v1::Money&>(value));
  }
  std::string text;
  TextFormat::PrintFieldValueToString(*holder, type, -1, &text);
  if (type->cpp_type() == FieldDescriptor::CPPTYPE_STRING) text = EscapeInvisible(reflection.GetString(*holder, type));
  if (type->enum_type() != nullptr)
    text = IsSet(field) ? WordText(field, reflection.GetEnumValue(*holder, type), form) : "";
  return text.empty() ? std::nullopt : std::optional(text);
}

std::vector<std::string> WordsOf(const EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int index = 1; index < type.value_count(); ++index) {
    words.push_back(type.value(index)->name().substr(PrefixOf(type).size()));
  }
  return words;
}

void SetField(Message& message, std::string_view path, const std::string& text) {
  const auto dot = path.find('.');
  const auto& reflection = *message.GetReflection();
  const auto* type = FindField(message, path.substr(0, dot)).type;
  if (dot != std::string_view::npos) {
    return SetField(*reflection.MutableMessage(&message, type), path.substr(dot + 1), text);
  }
  bool done = true;
  if (type->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection.SetString(&message, type, text);
  } else if (type->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    done = TimeUtil::FromString(text, &dynamic_cast<Timestamp&>(*reflection.MutableMessage(&message, type)));
  } else {
    const auto name = type->enum_type() != nullptr ? PrefixOf(*type->enum_type()) + boost::to_upper_copy(text) : text;
    done = TextFormat::ParseFieldValueFromString(name, type, &message);
  }
  if (!done) throw std::logic_error(fmt::format("{} takes no {}", type->full_name(), text));
}

std::string LocalTime(SysTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto seconds = static_cast<std::time_t>(whole.time_since_epoch().count());
  std::tm local{};
  if (localtime_r(&seconds, &local) == nullptr || local.tm_gmtoff == 0) return FormatIso8601(whole);
  const auto there = FormatIso8601(whole + std::chrono::seconds{local.tm_gmtoff});
  const auto minutes = std::abs(local.tm_gmtoff) / 60;
  return fmt::format("{}{}{:02}:{:02}", there.substr(0, there.size() - 1), local.tm_gmtoff < 0 ? '-' : '+',
                     minutes / 60, minutes % 60);
}

}  // namespace cdiscount::cli
