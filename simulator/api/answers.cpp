#include "simulator/api/answers.hpp"

#include <fmt/core.h>

#include <atomic>

#include "simulator/world/json_writer.hpp"

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

}  // namespace

http::ServerResponse JsonAnswer(int status, std::string body) {
  http::ServerResponse response;
  response.status = status;
  response.headers.Set("Content-Type", "application/json; charset=utf-8");
  response.body = std::move(body);
  return response;
}

http::ServerResponse Problem(int status, std::string_view detail, std::string_view instance,
                             const std::vector<std::pair<std::string, std::string>>& errors) {
  http::ServerResponse response;
  response.status = status;
  response.headers.Set("Content-Type", "application/problem+json; charset=utf-8");
  JsonWriter json(response.body);
  json.BeginObject();
  json.Key("type");
  json.String(TypeLink(status));
  json.Key("title");
  json.String(Title(status));
  json.Key("status");
  json.Int(status);
  json.Key("detail");
  json.String(detail);
  json.Key("instance");
  json.String(instance);
  json.Key("traceId");
  json.String(TraceId());
  if (!errors.empty()) {
    json.Key("errors");
    json.BeginObject();
    for (const auto& [field, message] : errors) {
      json.Key(field);
      json.BeginArray();
      json.String(message);
      json.EndArray();
    }
    json.EndObject();
  }
  json.EndObject();
  return response;
}

http::ServerResponse GatewayError(int status, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject();
  json.Key("statusCode");
  json.Int(status);
  json.Key("message");
  json.String(message);
  json.EndObject();
  auto response = JsonAnswer(status, std::move(body));
  response.headers.Set("Content-Type", "application/json");
  return response;
}

http::ServerResponse QuotaExceeded(std::chrono::seconds wait, bool retry_after) {
  const std::chrono::hh_mm_ss clock{wait};
  auto response =
      GatewayError(403, fmt::format("Out of call volume quota. Quota will be replenished in {:02}:{:02}:{:02}.",
                                    clock.hours().count(), clock.minutes().count(), clock.seconds().count()));
  if (retry_after) response.headers.Set("Retry-After", std::to_string(wait.count()));
  return response;
}

http::ServerResponse RealmError(int status, std::string_view error, std::string_view description) {
  std::string body;
  JsonWriter json(body);
  json.BeginObject();
  json.Key("error");
  json.String(error);
  if (!description.empty()) {
    json.Key("error_description");
    json.String(description);
  }
  json.EndObject();
  auto response = JsonAnswer(status, std::move(body));
  response.headers.Set("Content-Type", "application/json");
  return response;
}

}  // namespace cdiscount::simulator
