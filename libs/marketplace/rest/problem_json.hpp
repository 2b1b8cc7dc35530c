#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The small JSON bodies, read tolerantly. Pure.
namespace cdiscount::marketplace::rest {

/// The union of the error bodies that are known (docs/marketplace.md#errors). A field that was not sent is empty.
struct Problem {
  std::string title, detail, trace_id;                      ///< problem+json.
  std::vector<std::pair<std::string, std::string>> errors;  ///< problem+json: field and message.
  std::string message;                                      ///< The gateway.
  std::string error, error_description;                     ///< The token realm.
};

/// All empty for a body that is no JSON object.
Problem ReadProblem(std::string_view body);

}  // namespace cdiscount::marketplace::rest
