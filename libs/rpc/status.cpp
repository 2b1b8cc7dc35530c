#include "rpc/status.hpp"

#include <google/protobuf/util/time_util.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <array>
#include <chrono>
#include <string_view>

namespace cdiscount::rpc {
namespace {

using google::protobuf::util::TimeUtil;

grpc::StatusCode CodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::kAlreadyExists:
      return grpc::StatusCode::ALREADY_EXISTS;
    case ErrorCode::kConflict:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorCode::kUnauthenticated:
      return grpc::StatusCode::UNAUTHENTICATED;
    case ErrorCode::kPermissionDenied:
      return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorCode::kThrottled:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorCode::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case ErrorCode::kDeadlineExceeded:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    case ErrorCode::kCancelled:
      return grpc::StatusCode::CANCELLED;
    case ErrorCode::kUnreadable:
      return grpc::StatusCode::DATA_LOSS;
    case ErrorCode::kInternal:
      return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

ErrorCode CodeOf(grpc::StatusCode code) {
  if (code == grpc::StatusCode::OUT_OF_RANGE) return ErrorCode::kInvalidArgument;
  if (code == grpc::StatusCode::ABORTED) return ErrorCode::kConflict;
  for (int number = 0; number <= static_cast<int>(ErrorCode::kInternal); ++number) {
    const auto ours = static_cast<ErrorCode>(number);
    if (CodeOf(ours) == code) return ours;
  }
  return ErrorCode::kInternal;
}

}  // namespace

grpc::Status ToGrpc(const Error& error) {
  const auto code = CodeOf(error.code);
  if (error.field.empty() && !error.retry_after) return {code, error.message};
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(error.message);
  if (!error.field.empty()) {
    google::rpc::BadRequest request;
    auto& violation = *request.add_field_violations();
    violation.set_field(error.field);
    violation.set_description(error.message);
    status.add_details()->PackFrom(request);
  }
  if (error.retry_after) {
    google::rpc::RetryInfo info;
    *info.mutable_retry_delay() = TimeUtil::MillisecondsToDuration(error.retry_after->count());
    status.add_details()->PackFrom(info);
  }
  return {code, error.message, status.SerializeAsString()};
}

Error FromGrpc(const grpc::Status& status) {
  Error error{CodeOf(status.error_code()), status.error_message()};
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    error.message =
        "the server does not know this call; it is a service that does not offer it, an older version or another "
        "program (" +
        error.message + ")";
  }
  google::rpc::Status sent;
  if (!sent.ParseFromString(status.error_details())) return error;
  google::rpc::BadRequest request;
  google::rpc::RetryInfo info;
  for (const auto& detail : sent.details()) {
    if (detail.UnpackTo(&request) && request.field_violations_size() > 0) {
      error.field = request.field_violations(0).field();
    } else if (detail.UnpackTo(&info) && info.retry_delay().seconds() >= 0 &&
               info.retry_delay().seconds() <= TimeUtil::kDurationMaxSeconds) {
      error.retry_after = std::chrono::milliseconds{TimeUtil::DurationToMilliseconds(info.retry_delay())};
    }
  }
  return error;
}

std::string_view CodeName(grpc::StatusCode code) {
  // By number: https://grpc.io/docs/guides/status-codes/
  constexpr std::array<std::string_view, 17> kNames = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  const auto number = static_cast<std::size_t>(code);
  return number < kNames.size() ? kNames[number] : "UNKNOWN";
}

}  // namespace cdiscount::rpc
