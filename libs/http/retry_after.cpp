#include "http/retry_after.hpp"

#include <algorithm>

#include "core/time_text.hpp"
#include "core/trimmed.hpp"

namespace cdiscount::http {
namespace {

using std::chrono::milliseconds;

/// Digits with at most one point: no sign, no exponent, no word.
std::optional<milliseconds> Seconds(std::string_view text, milliseconds longest) {
  if (text.empty() || text.front() == '.' || text.find_first_not_of("0123456789.") != std::string_view::npos ||
      std::ranges::count(text, '.') > 1) {
    return std::nullopt;
  }
  const auto point = std::min(text.find('.'), text.size());
  milliseconds wait{0};
  for (const char digit : text.substr(0, point)) {
    wait = wait * 10 + milliseconds{1000 * (digit - '0')};
    if (wait >= longest) return longest;
  }
  int unit = 100;
  for (const char digit : text.substr(std::min(point + 1, text.size()))) {
    wait += milliseconds{unit * (digit - '0')};
    unit /= 10;
  }
  return std::min(wait, longest);
}

std::optional<milliseconds> OneWait(std::string_view text, SysTime now, milliseconds longest) {
  if (const auto wait = Seconds(text, longest)) return wait;
  const auto date = ParseHttpDate(text, now);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<milliseconds>(*date - now), milliseconds{0}, longest);
}

}  // namespace

std::optional<milliseconds> ParseRetryAfter(std::string_view text, SysTime now, milliseconds longest) {
  std::optional<milliseconds> wait;
  text = Trimmed(text);
  // A date holds a comma itself: the whole is tried first, and "Tue" begins a date that ends at the next comma.
  if (const auto whole = OneWait(text, now, longest)) return whole;
  while (!text.empty()) {
    auto end = text.find(',');
    if (end != std::string_view::npos && !OneWait(Trimmed(text.substr(0, end)), now, longest))
      end = text.find(',', end + 1);
    end = std::min(end, text.size());
    wait = std::max(wait, OneWait(Trimmed(text.substr(0, end)), now, longest));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return wait;
}

}  // namespace cdiscount::http
