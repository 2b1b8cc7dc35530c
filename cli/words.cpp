#include "words.hpp"

#include <fmt/format.h>

#include <chrono>

#include "core/money.hpp"
#include "core/time_text.hpp"

namespace cdiscount::cli {
namespace {

constexpr std::string_view kStatusPrefix = "ORDER_STATUS_";

bool IsSet(const google::protobuf::Timestamp& time) {
  return time.seconds() != 0 || time.nanos() != 0;
}

/// Of the years 1 to 9999: what timestamp.proto allows.
bool IsInRange(const google::protobuf::Timestamp& time) {
  return time.seconds() >= -62'135'596'800 && time.seconds() <= 253'402'300'799;
}

}  // namespace

std::string OrderStatusWord(orders::v1::OrderStatus status) {
  auto name = orders::v1::OrderStatus_Name(status);
  if (name.empty()) return fmt::format("status {}", static_cast<int>(status));  // of a newer contract
  return name.substr(kStatusPrefix.size());
}

std::vector<std::string> OrderStatusWords() {
  std::vector<std::string> words;
  const auto* type = orders::v1::OrderStatus_descriptor();
  for (int index = 1; index < type->value_count(); ++index)
    words.push_back(type->value(index)->name().substr(kStatusPrefix.size()));
  return words;
}

orders::v1::OrderStatus ParseOrderStatus(const std::string& word) {
  std::string name(kStatusPrefix);
  for (const char character : word)
    name += character >= 'a' && character <= 'z' ? static_cast<char>(character - 'a' + 'A') : character;
  orders::v1::OrderStatus status{};
  return orders::v1::OrderStatus_Parse(name, &status) ? status : orders::v1::ORDER_STATUS_UNSPECIFIED;
}

std::string MoneyWord(const orders::v1::Money& money) {
  if (money.minor_units() == 0 && money.currency().empty()) return "-";
  auto word = FormatMinorUnits(money.minor_units(), MinorDigits(money.currency()));
  return money.currency().empty() ? word : word + " " + money.currency();
}

std::string TimeWord(const google::protobuf::Timestamp& time) {
  if (!IsSet(time)) return "-";
  if (!IsInRange(time)) return fmt::format("no time ({} s)", time.seconds());
  return FormatIso8601(SysTime{std::chrono::seconds{time.seconds()}});
}

std::string AgeWord(const google::protobuf::Timestamp& time, SysTime now) {
  if (!IsSet(time)) return "-";
  if (!IsInRange(time)) return TimeWord(time);
  const auto age = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() - time.seconds();
  const auto distance = age < 0 ? -age : age;
  const auto words = distance < 120      ? fmt::format("{} s", distance)
                     : distance < 7200   ? fmt::format("{} min", distance / 60)
                     : distance < 172800 ? fmt::format("{} h", distance / 3600)
                                         : fmt::format("{} days", distance / 86400);
  return age < 0 ? "in " + words : words + " ago";
}

}  // namespace cdiscount::cli
