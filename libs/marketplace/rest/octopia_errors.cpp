#include "marketplace/rest/octopia_errors.hpp"

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <locale>
#include <utility>

#include "http/retry_after.hpp"
#include "marketplace/rest/json_text.hpp"
#include "marketplace/rest/octopia_call.hpp"
#include "marketplace/rest/problem_json.hpp"

namespace cdiscount::marketplace::rest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kLongestCause = 400;
/// The longest window in which the quota may be counted is an hour (docs/marketplace.md#quota).
constexpr seconds kLongestCountdown = std::chrono::hours{1};

/// For a log line: no line ends, no control characters, not endless.
std::string Tidy(std::string text) {
  std::replace_if(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (text.size() > kLongestCause) {
    auto end = kLongestCause;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
    text = text.substr(0, end) + "...";
  }
  return text;
}

bool SpeaksOfQuota(const Problem& problem) {
  const auto text = problem.message + ' ' + problem.detail + ' ' + problem.title + ' ' + problem.error_description;
  return boost::algorithm::icontains(text, "quota", std::locale::classic());
}

/// The "00:11:35" of the quota's text, in the one form in which it was seen: "Quota will be replenished in 00:11:35."
/// (docs/marketplace.md#quota). Another time in another text is no wait.
std::optional<milliseconds> Countdown(std::string_view text) {
  constexpr std::string_view kBefore = "Quota will be replenished in ";
  constexpr std::string_view kForm = "00:00:00";
  const auto at = text.find(kBefore);
  if (at == std::string_view::npos) return std::nullopt;
  const auto clock = text.substr(at + kBefore.size(), kForm.size());
  if (clock.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool fits = kForm[i] == ':' ? clock[i] == ':' : clock[i] >= '0' && clock[i] <= '9';
    if (!fits) return std::nullopt;
  }
  const auto number = [&](std::size_t place) { return (clock[place] - '0') * 10 + (clock[place + 1] - '0'); };
  if (number(3) > 59 || number(6) > 59) return std::nullopt;
  return std::min<milliseconds>(seconds{number(0) * 3600 + number(3) * 60 + number(6)}, kLongestCountdown);
}

std::optional<milliseconds> RetryAfter(const http::Response& response) {
  // Their own clock, when they told it: ours may differ.
  return http::ParseRetryAfter(response.headers.List("Retry-After"),
                               ServerTime(response).value_or(SystemClock{}.Now()));
}

bool IsHtml(const http::Response& response) {
  const auto type = response.headers.Get("Content-Type").value_or("");
  return type.find("html") != std::string_view::npos || response.body.starts_with('<');
}

std::string CauseOf(const http::Response& response, const Problem& problem) {
  if (!problem.errors.empty()) {
    std::string causes;
    for (const auto& [field, text] : problem.errors) {
      if (!causes.empty()) causes += "; ";
      causes += field + ": " + text;
    }
    return Tidy(causes);
  }
  for (const auto* text :
       {&problem.detail, &problem.error_description, &problem.message, &problem.error, &problem.title}) {
    if (!text->empty()) return Tidy(*text);
  }
  if (response.body.find_first_not_of(" \t\r\n") == std::string::npos) return "no reason given";
  return IsHtml(response) ? "an HTML page" : std::to_string(response.body.size()) + " bytes that give no reason";
}

ErrorCode CodeOf(int status, bool quota) {
  if (quota && (status == 403 || status == 429)) return ErrorCode::kThrottled;
  switch (status) {
    case 401:
      return ErrorCode::kUnauthenticated;
    case 403:
      return ErrorCode::kPermissionDenied;
    case 404:
    case 410:
      return ErrorCode::kNotFound;
    case 408:
      return ErrorCode::kUnavailable;
    case 409:
      return ErrorCode::kConflict;
    case 429:
      return ErrorCode::kThrottled;
    default:
      break;
  }
  if (status >= 400 && status < 500) return ErrorCode::kInvalidArgument;
  // 5xx, and redirects, which are not followed: another host must not see the token.
  return ErrorCode::kUnavailable;
}

}  // namespace

Error ErrorOf(const http::Response& response, const std::string& what) {
  const auto problem = ReadProblem(response.body);
  Error error;
  error.code = CodeOf(response.status, SpeaksOfQuota(problem));
  error.message = what + ": answered " + std::to_string(response.status) + ", " + CauseOf(response, problem);
  if (response.status >= 300 && response.status < 400) error.message += "; redirects are not followed";
  if (!problem.trace_id.empty()) error.message += " (traceId " + Tidy(problem.trace_id) + ")";
  if (error.code == ErrorCode::kInvalidArgument && !problem.errors.empty()) error.field = problem.errors.front().first;
  if (error.code == ErrorCode::kThrottled || error.code == ErrorCode::kUnavailable) {
    error.retry_after = RetryAfter(response);
  }
  if (error.code == ErrorCode::kThrottled && !error.retry_after) {
    error.retry_after = Countdown(problem.message + ' ' + problem.detail);
  }
  return error;
}

Error Unexpected(const http::Response& response, const std::string& what, std::string_view expected, Error error) {
  const auto body = WithoutByteOrderMark(response.body);
  const auto first = body.find_first_not_of(" \t\r\n");
  const bool empty = first == std::string_view::npos;
  const bool json = !empty && (body[first] == '{' || body[first] == '[');
  const auto kind = empty              ? "without a body"
                    : IsHtml(response) ? "with an HTML page"
                    : json             ? "with JSON that cannot be used"
                                       : "with text";
  auto type = Tidy(std::string(response.headers.Get("Content-Type").value_or("")));
  type = type.substr(0, std::min(type.find(';'), std::size_t{60}));
  const auto size =
      body.size() < 1024 ? std::to_string(body.size()) + " bytes" : std::to_string((body.size() + 1023) / 1024) + " KB";
  auto reason = std::exchange(error.message, what + ": answered " + std::to_string(response.status) + " " + kind +
                                                 " where " + std::string(expected) + " was expected (" +
                                                 (type.empty() ? "" : type + ", ") + size + ")");
  if (json) error.message += ": " + reason;
  return error;
}

bool IsProblem(std::string_view body) {
  const auto problem = ReadProblem(body);
  return !problem.title.empty() || !problem.detail.empty();
}

std::string RealmErrorOf(std::string_view body) {
  return ReadProblem(body).error;
}

}  // namespace cdiscount::marketplace::rest
