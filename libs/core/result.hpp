#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cdiscount {

/// The kind of an error, as far as the caller can act on it. Switches over it go without `default`, so that a new code
/// is a compiler warning at every place that must decide.
enum class ErrorCode {
  kInvalidArgument,   ///< The caller sent something that can never succeed; the message names the field and the fix.
  kNotFound,          ///< The object that was asked for does not exist.
  kAlreadyExists,     ///< The object to create exists already.
  kConflict,          ///< The state of the thing forbids it now (lost lease, changed meanwhile, wrong state).
  kUnauthenticated,   ///< The credentials or the token were refused.
  kPermissionDenied,  ///< Known caller, not allowed.
  kThrottled,         ///< Nothing happened; try again after `retry_after`.
  kUnavailable,       ///< The other side cannot be reached or failed; the request may or may not have been seen.
  kDeadlineExceeded,  ///< No answer in time; the request may or may not have been seen.
  kCancelled,         ///< We stopped waiting because we were told to.
  kUnreadable,        ///< An answer arrived and cannot be understood.
  kInternal,          ///< A bug, or something that cannot be: a person must look.
};

/// The name of a code as it appears in logs and metrics, for example "throttled".
constexpr std::string_view ToString(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kAlreadyExists:
      return "already_exists";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kUnauthenticated:
      return "unauthenticated";
    case ErrorCode::kPermissionDenied:
      return "permission_denied";
    case ErrorCode::kThrottled:
      return "throttled";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kDeadlineExceeded:
      return "deadline_exceeded";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kUnreadable:
      return "unreadable";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

/// An error as a value. The message is for people: what was tried, on what, and what to change. It never holds a
/// secret.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  /// How long to wait, when the other side named a time.
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  /// The field that is at fault, for kInvalidArgument; empty when none is.
  std::string field = {};

  friend bool operator==(const Error&, const Error&) = default;
};

/// "field: message", for a person; the message alone when it begins with the field itself.
inline std::string WithField(const Error& error) {
  const bool named = error.field.empty() || error.message.starts_with(error.field);
  return named ? error.message : error.field + ": " + error.message;
}

/// True when the same call may succeed later without anybody changing anything.
constexpr bool IsTransient(ErrorCode code) {
  switch (code) {
    case ErrorCode::kThrottled:
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
      return true;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kCancelled:
    case ErrorCode::kUnreadable:
    case ErrorCode::kInternal:
      return false;
  }
  return false;
}

/// Thrown by `value()` on a failed Result: only start-up code and tests ask for a value without looking.
class BadResult : public std::runtime_error {
 public:
  explicit BadResult(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
  const Error& error() const { return error_; }

 private:
  Error error_;
};

[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw BadResult(error);
}

/// A value or an Error. `if (!result) return result.error();`
template <class T>
using Result = boost::system::result<T, Error>;

/// Success without a value: `return Ok();`
using Status = Result<void>;
inline Status Ok() {
  return {};
}

}  // namespace cdiscount
