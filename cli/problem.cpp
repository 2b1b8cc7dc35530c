#include "problem.hpp"

#include <fmt/format.h>

#include <chrono>
#include <sstream>

#include "core/unicode.hpp"
#include "json.hpp"

namespace cdiscount::cli {
namespace {

bool OutOfReach(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kDeadlineExceeded;
}

/// Without "METHOD at ADDRESS: ", which the sentence begins with already.
std::string_view Reason(std::string_view message, const std::string& target) {
  const auto lead = " at " + target + ": ";
  const auto found = message.find(lead);
  return found == std::string_view::npos ? message : message.substr(found + lead.size());
}

}  // namespace

Problem ProblemWith(const Address& server, const std::string& name, Error error) {
  error.message = EscapeInvisible(error.message);  // the lines of a message are ours
  if (!OutOfReach(error.code)) {
    return {std::move(error), kRefused, fmt::format("{} at {} (from {})", name, server.target, server.source)};
  }
  error.message = fmt::format(
      "{} at {} (from {}) gave no answer: {}\nIs it running? ./dev demo starts everything; --{} HOST:PORT names "
      "another one.",
      name, server.target, server.source, Reason(error.message, server.target), name);
  return {std::move(error), kUnreachable};
}

void Print(const Problem& problem, bool json, std::ostream& err) {
  const auto& [code, message, retry_after, field] = problem.error;
  const auto seconds = retry_after ? std::chrono::ceil<std::chrono::seconds>(*retry_after).count() : 0;
  if (json) {
    boost::json::object error{{"code", ToString(code)},
                              {"message", message},
                              {"field", field},
                              {"retry_after_seconds", nullptr},
                              {"asked", problem.asked}};
    if (retry_after) error["retry_after_seconds"] = seconds;
    err << ObjectJson({{"error", std::move(error)}}) << "\n";
    return;
  }
  std::istringstream lines(WithField(problem.error));
  err << "cdiscountctl: ";
  for (std::string line; std::getline(lines, line);) err << EscapeInvisible(line) << "\n";
  if (retry_after) err << "Try again in " << seconds << " s.\n";
  if (!problem.asked.empty()) err << "Asked: " << problem.asked << ".\n";
}

}  // namespace cdiscount::cli
