#include "marketplace/rest/problem_json.hpp"

#include "marketplace/rest/json_reader.hpp"

namespace cdiscount::marketplace::rest {
namespace {

constexpr std::size_t kMostErrors = 20;

void ReadErrors(JsonReader& reader, ondemand::value value, Problem& into) {
  const auto add = [&](std::string_view field, ondemand::value message) {
    std::string text;
    reader.Read(message, text);
    if (!text.empty() && into.errors.size() < kMostErrors) into.errors.emplace_back(std::string(field), text);
  };
  reader.EachField(value, [&](std::string_view field, ondemand::value messages) {
    if (messages.type() != ondemand::json_type::array) return add(field, messages);
    for (auto message : messages.get_array()) add(field, message.value());
  });
}

}  // namespace

Problem ReadProblem(std::string_view body) {
  Problem problem;
  const auto on_field = [&](JsonReader& reader, std::string_view key, ondemand::value value) {
    if (key == "title") reader.Read(value, problem.title);
    if (key == "detail") reader.Read(value, problem.detail);
    if (key == "traceId") reader.Read(value, problem.trace_id);
    if (key == "errors") ReadErrors(reader, value, problem);
    if (key == "message") reader.Read(value, problem.message);
    if (key == "error") reader.Read(value, problem.error);
    if (key == "error_description") reader.Read(value, problem.error_description);
  };
  static_cast<void>(ReadObject(body, on_field));  // of a body that is no JSON the status says enough
  return problem;
}

}  // namespace cdiscount::marketplace::rest
