#include "core/time_text.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>

namespace cdiscount {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

constexpr std::array<std::string_view, 7> kLongWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                           "Thursday", "Friday", "Saturday"};

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
  template <std::size_t N>
  int OneOf(const std::array<std::string_view, N>& words) {
    for (std::size_t i = 0; i < N; ++i) {
      if (Skip(words[i])) return static_cast<int>(i);
    }
    return Fail();
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
  bool failed() const { return failed_; }
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

TimeOfDay ReadTimeOfDay(Reader& in) {
  TimeOfDay time{};
  time.hour = in.Digits(2);
  in.Expect(":");
  time.minute = in.Digits(2);
  in.Expect(":");
  time.second = in.Digits(2);
  return time;
}

/// "Tue, 06 Oct 2026 15:30:00 GMT"
std::optional<SysTime> ReadImfFixdate(std::string_view text) {
  Reader in(text);
  in.OneOf(kWeekdays);
  in.Expect(", ");
  const int day = in.Digits(2);
  in.Expect(" ");
  const int month = in.OneOf(kMonths) + 1;
  in.Expect(" ");
  const int year = in.Digits(4);
  in.Expect(" ");
  const auto time = ReadTimeOfDay(in);
  in.Expect(" GMT");
  return in.done() ? Compose(year, month, day, time) : std::nullopt;
}

/// "Tuesday, 06-Oct-26 15:30:00 GMT"
std::optional<SysTime> ReadRfc850(std::string_view text, SysTime now) {
  Reader in(text);
  in.OneOf(kLongWeekdays);
  in.Expect(", ");
  const int day = in.Digits(2);
  in.Expect("-");
  const int month = in.OneOf(kMonths) + 1;
  in.Expect("-");
  const int short_year = in.Digits(2);
  in.Expect(" ");
  const auto time = ReadTimeOfDay(in);
  in.Expect(" GMT");
  if (!in.done()) return std::nullopt;
  // RFC 9110, 5.6.7: two digits that seem more than 50 years ahead are of the past.
  const int this_year = static_cast<int>(std::chrono::year_month_day{std::chrono::floor<days>(now)}.year());
  int year = this_year - this_year % 100 + short_year;
  if (year > this_year + 50) year -= 100;
  if (year <= this_year - 50) year += 100;
  return Compose(year, month, day, time);
}

/// "Tue Oct  6 15:30:00 2026"
std::optional<SysTime> ReadAsctime(std::string_view text) {
  Reader in(text);
  in.OneOf(kWeekdays);
  in.Expect(" ");
  const int month = in.OneOf(kMonths) + 1;
  in.Expect(" ");
  const int day = in.Skip(" ") ? in.Digits(1) : in.Digits(2);
  in.Expect(" ");
  const auto time = ReadTimeOfDay(in);
  in.Expect(" ");
  const int year = in.Digits(4);
  return in.done() ? Compose(year, month, day, time) : std::nullopt;
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
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<seconds>(time - day)};
  const auto fraction = (time - std::chrono::floor<seconds>(time)).count();
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                          clock.minutes().count(), clock.seconds().count());
  if (fraction != 0) text += fmt::format(".{:06}", fraction);
  return text + "Z";
}

std::optional<SysTime> ParseHttpDate(std::string_view text, SysTime now) {
  for (const auto& read : {ReadImfFixdate(text), ReadRfc850(text, now), ReadAsctime(text)}) {
    if (read) return read;
  }
  return std::nullopt;
}

std::string FormatHttpDate(SysTime time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<seconds>(time - day)};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kWeekdays[std::chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

}  // namespace cdiscount
