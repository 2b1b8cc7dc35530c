#include "adapters/marketplace_errors.hpp"

namespace cdiscount::auth {

Error AsPortError(Error error, bool asks_for_a_seller) {
  switch (error.code) {
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kThrottled:
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kUnreadable:
    case ErrorCode::kInternal:
      return error;
    case ErrorCode::kCancelled:
      error.code = ErrorCode::kUnavailable;
      return error;
    case ErrorCode::kNotFound:
    case ErrorCode::kPermissionDenied:
      if (!asks_for_a_seller) error.code = ErrorCode::kUnreadable;
      return error;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict:
      error.code = ErrorCode::kUnreadable;
      return error;
  }
  return error;
}

}  // namespace cdiscount::auth
