#include "core/time_text.hpp"

#include <fmt/chrono.h>

#include <array>
#include <ctime>

namespace cdiscount {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Walks through a text; the first thing that does not fit makes every later step fail.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int Digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) return Fail();
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return Fail();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool Skip(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void Expect(std::string_view token) {
    if (!Skip(token)) Fail();
  }
  microseconds Fraction() {
    std::int64_t value = 0;
    int digits = 0;
    for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; rest_.remove_prefix(1), ++digits) {
      if (digits < 6) value = value * 10 + (rest_[0] - '0');
    }
    if (digits == 0) Fail();
    for (; digits < 6; ++digits) value *= 10;
    return microseconds{value};
  }
  bool done() const { return !failed_ && rest_.empty(); }

 private:
  int Fail() {
    failed_ = true;
    return 0;
  }
  std::string_view rest_;
  bool failed_ = false;
};

struct TimeOfDay {
  int hour, minute, second;
};

std::optional<SysTime> Compose(int year, int month, int day, TimeOfDay time) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || time.hour > 23 || time.minute > 59 || time.second > 60) return std::nullopt;
  return SysTime{std::chrono::sys_days{date}} + hours{time.hour} + minutes{time.minute} + seconds{time.second};
}

/// Reads a text that is exactly what strftime writes by this form: strptime alone would forgive blanks and cases.
std::optional<std::tm> ReadByForm(const std::string& text, const char* form) {
  std::tm read{};
  if (strptime(text.c_str(), form, &read) == nullptr) return std::nullopt;
  std::array<char, 64> again{};
  if (text != std::string_view(again.data(), strftime(again.data(), again.size(), form, &read))) return std::nullopt;
  return read;
}

/// RFC 9110, 5.6.7: two digits that seem more than 50 years ahead are of the past.
int YearNearest(SysTime now, int year) {
  const int this_year = static_cast<int>(std::chrono::year_month_day{std::chrono::floor<days>(now)}.year());
  year = this_year - this_year % 100 + year % 100;
  if (year > this_year + 50) year -= 100;
  if (year <= this_year - 50) year += 100;
  return year;
}

}  // namespace

std::optional<SysTime> ParseIso8601(std::string_view text) {
  Reader in(text);
  const int year = in.Digits(4);
  in.Expect("-");
  const int month = in.Digits(2);
  in.Expect("-");
  const int day = in.Digits(2);
  if (!in.Skip("T") && !in.Skip("t")) in.Expect(" ");
  TimeOfDay time{};
  time.hour = in.Digits(2);
  in.Expect(":");
  time.minute = in.Digits(2);
  if (in.Skip(":")) time.second = in.Digits(2);
  const auto fraction = in.Skip(".") ? in.Fraction() : microseconds{0};
  auto offset = minutes{0};
  if (!in.Skip("Z") && !in.Skip("z")) {
    const int sign = in.Skip("-") ? -1 : in.Skip("+") ? 1 : 0;
    if (sign != 0) {
      const int offset_hours = in.Digits(2);
      in.Skip(":");
      offset = minutes{sign * (offset_hours * 60 + in.Digits(2))};
    }
  }
  if (!in.done()) return std::nullopt;
  const auto local = Compose(year, month, day, time);
  if (!local) return std::nullopt;
  return *local + fraction - offset;
}

std::string FormatIso8601(SysTime time) {
  const auto whole = std::chrono::floor<seconds>(time);
  const auto fraction = (time - whole).count();
  return fmt::format("{:%FT%T}", fmt::gmtime(whole.time_since_epoch().count())) +
         (fraction == 0 ? "Z" : fmt::format(".{:06}Z", fraction));
}

std::optional<SysTime> ParseHttpDate(std::string_view text, SysTime now) {
  constexpr const char* kTwoDigits = "%A, %d-%b-%y %H:%M:%S GMT";
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", kTwoDigits, "%a %b %e %H:%M:%S %Y", "%a %b %d %H:%M:%S %Y"}) {
    const auto read = ReadByForm(std::string(text), form);
    if (!read || read->tm_year + 1900 < 1000) continue;  // a year has four digits
    const int year = read->tm_year + 1900;
    return Compose(form == kTwoDigits ? YearNearest(now, year) : year, read->tm_mon + 1, read->tm_mday,
                   {read->tm_hour, read->tm_min, read->tm_sec});
  }
  return std::nullopt;
}

std::string FormatHttpDate(SysTime time) {
  return fmt::format("{:%a, %d %b %Y %T GMT}",
                     fmt::gmtime(std::chrono::floor<seconds>(time).time_since_epoch().count()));
}

}  // namespace cdiscount
