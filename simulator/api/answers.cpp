#include "simulator/api/answers.hpp"

#include <fmt/core.h>

#include <atomic>

namespace cdiscount::simulator {
namespace {

std::string_view Title(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 406:
      return "Not Acceptable";
    case 409:
      return "Conflict";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 500:
      return "Internal Server Error";
    default:
      return "Error";
  }
}

std::string TypeLink(int status) {
  std::string slug{Title(status)};
  for (auto& c : slug) c = c == ' ' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return fmt::format("https://datatracker.ietf.org/doc/html/rfc9110#name-{}-{}", status, slug);
}

std::string TraceId() {
  static std::atomic<std::uint64_t> count{0};
  const auto number = ++count;
  return fmt::format("00-{:032x}-{:016x}-00", number * 0x9E3779B97F4A7C15ULL, number);
}

http::ServerResponse Typed(int status, const char* type, std::string body) {
  http::ServerResponse response;
  response.status = status;
  response.headers.Set("Content-Type", type);
  response.body = std::move(body);
  return response;
}

}  // namespace

http::ServerResponse JsonAnswer(int status, std::string body) {
  return Typed(status, "application/json; charset=utf-8", std::move(body));
}

http::ServerResponse Problem(int status, std::string_view detail, std::string_view instance,
                             const std::vector<std::pair<std::string, std::string>>& errors) {
  Json problem = Object({{"type", TypeLink(status)},
                         {"title", Title(status)},
                         {"status", status},
                         {"detail", detail},
                         {"instance", instance},
                         {"traceId", TraceId()}});
  for (const auto& [field, message] : errors) problem["errors"][field] = Json::array({message});
  return Typed(status, "application/problem+json; charset=utf-8", Dump(problem));
}

http::ServerResponse GatewayError(int status, std::string_view message) {
  return Typed(status, "application/json", Dump(Object({{"statusCode", status}, {"message", message}})));
}

http::ServerResponse QuotaExceeded(std::chrono::seconds wait, bool retry_after) {
  const std::chrono::hh_mm_ss clock{wait};
  auto response =
      GatewayError(403, fmt::format("Out of call volume quota. Quota will be replenished in {:02}:{:02}:{:02}.",
                                    clock.hours().count(), clock.minutes().count(), clock.seconds().count()));
  if (retry_after) response.headers.Set("Retry-After", std::to_string(wait.count()));
  return response;
}

http::ServerResponse RealmAnswer(int status, const Json& body) {
  return Typed(status, "application/json", Dump(body));
}

http::ServerResponse RealmError(int status, std::string_view error, std::string_view description) {
  Json body = Object({{"error", error}});
  if (!description.empty()) body["error_description"] = description;
  return RealmAnswer(status, body);
}

}  // namespace cdiscount::simulator
