#include "marketplace/rest/problem_json.hpp"

#include "marketplace/rest/json_reader.hpp"
#include "marketplace/rest/json_text.hpp"

namespace cdiscount::marketplace::rest {
namespace {

constexpr std::size_t kMostLevels = 32;
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

template <>
struct Fields<Problem> {
  static constexpr Field<Problem> kAll[] = {
      {"title", ReadMember<&Problem::title>},
      {"detail", ReadMember<&Problem::detail>},
      {"traceId", ReadMember<&Problem::trace_id>},
      {"errors", ReadErrors},
      {"message", ReadMember<&Problem::message>},
      {"error", ReadMember<&Problem::error>},
      {"error_description", ReadMember<&Problem::error_description>},
  };
};

Problem ReadProblem(std::string_view body) {
  Problem problem;
  body = WithoutByteOrderMark(body);
  if (!IsBalanced(body, kMostLevels)) return problem;
  const simdjson::padded_string padded(body);
  ondemand::parser parser;
  JsonReader reader;
  try {
    auto document = parser.iterate(padded);
    reader.Read(document.get_value().value(), problem);
  } catch (const simdjson::simdjson_error&) {
    return problem;  // what was read until here is of use; of a body that is no JSON the status says enough
  }
  return problem;
}

}  // namespace cdiscount::marketplace::rest
