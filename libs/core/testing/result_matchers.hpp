#pragma once

#include <gmock/gmock.h>

#include "core/result.hpp"

namespace cdiscount {

/// Lets GoogleTest print an Error in words.
inline void PrintTo(const Error& error, std::ostream* out) {
  *out << ToString(error.code) << ": " << error.message;
}

/// The same for a Result, whose value need not be printable.
template <class T>
void PrintTo(const Result<T>& result, std::ostream* out) {
  if (result.has_error()) {
    PrintTo(result.error(), out);
  } else {
    *out << "a value";
  }
}

}  // namespace cdiscount

namespace cdiscount::fakes {

/// EXPECT_THAT(result, Succeeds());
MATCHER(Succeeds, negation ? "fails" : "succeeds") {
  if (arg.has_error()) *result_listener << "it failed: " << ToString(arg.error().code) << ": " << arg.error().message;
  return arg.has_value();
}

/// EXPECT_THAT(result, FailsWith(ErrorCode::kThrottled));
MATCHER_P(FailsWith, code, "fails with " + std::string(ToString(code))) {
  if (arg.has_value()) {
    *result_listener << "it succeeded";
    return false;
  }
  *result_listener << "it failed with " << ToString(arg.error().code) << ": " << arg.error().message;
  return arg.error().code == code;
}

}  // namespace cdiscount::fakes
