#include "rpc/status.hpp"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cdiscount::rpc {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// google.rpc's messages come with no package that we build on, and three fields of each are all we use: they are
// written and read field by field. Numbers: google/rpc/status.proto and google/rpc/error_details.proto.
constexpr int kStatusCode = 1, kStatusMessage = 2, kStatusDetails = 3;
constexpr int kBadRequestViolations = 1, kViolationField = 1, kViolationDescription = 2;
constexpr int kRetryInfoDelay = 1;
constexpr const char* kBadRequest = "type.googleapis.com/google.rpc.BadRequest";
constexpr const char* kRetryInfo = "type.googleapis.com/google.rpc.RetryInfo";

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
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE:
      return ErrorCode::kInvalidArgument;
    case grpc::StatusCode::NOT_FOUND:
      return ErrorCode::kNotFound;
    case grpc::StatusCode::ALREADY_EXISTS:
      return ErrorCode::kAlreadyExists;
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::ABORTED:
      return ErrorCode::kConflict;
    case grpc::StatusCode::UNAUTHENTICATED:
      return ErrorCode::kUnauthenticated;
    case grpc::StatusCode::PERMISSION_DENIED:
      return ErrorCode::kPermissionDenied;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return ErrorCode::kThrottled;
    case grpc::StatusCode::UNAVAILABLE:
      return ErrorCode::kUnavailable;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ErrorCode::kDeadlineExceeded;
    case grpc::StatusCode::CANCELLED:
      return ErrorCode::kCancelled;
    case grpc::StatusCode::DATA_LOSS:
      return ErrorCode::kUnreadable;
    case grpc::StatusCode::OK:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::DO_NOT_USE:
      return ErrorCode::kInternal;
  }
  return ErrorCode::kInternal;
}

std::string Bytes(const UnknownFieldSet& fields) {
  std::string bytes;
  fields.SerializeToString(&bytes);
  return bytes;
}

std::string Detail(const char* type, std::string value) {
  google::protobuf::Any any;
  any.set_type_url(type);
  any.set_value(std::move(value));
  return any.SerializeAsString();
}

std::string BadRequest(const std::string& field, const std::string& description) {
  UnknownFieldSet violation, request;
  violation.AddLengthDelimited(kViolationField, field);
  violation.AddLengthDelimited(kViolationDescription, description);
  request.AddLengthDelimited(kBadRequestViolations, Bytes(violation));
  return Detail(kBadRequest, Bytes(request));
}

std::string RetryInfo(std::chrono::milliseconds delay) {
  google::protobuf::Duration duration;
  duration.set_seconds(delay.count() / 1000);
  duration.set_nanos(static_cast<int>(delay.count() % 1000 * 1'000'000));
  UnknownFieldSet info;
  info.AddLengthDelimited(kRetryInfoDelay, duration.SerializeAsString());
  return Detail(kRetryInfo, Bytes(info));
}

/// The first field of this number that holds bytes, in a message given as bytes.
std::optional<std::string> Find(const std::string& message, int number) {
  UnknownFieldSet fields;
  if (!fields.ParseFromString(message)) return std::nullopt;
  for (int index = 0; index < fields.field_count(); ++index) {
    const auto& field = fields.field(index);
    if (field.number() == number && field.type() == UnknownField::TYPE_LENGTH_DELIMITED)
      return field.length_delimited();
  }
  return std::nullopt;
}

void ReadDetail(const std::string& detail, Error& error) {
  google::protobuf::Any any;
  if (!any.ParseFromString(detail)) return;
  if (any.type_url() == kBadRequest) {
    if (const auto violation = Find(any.value(), kBadRequestViolations)) {
      error.field = Find(*violation, kViolationField).value_or("");
    }
  } else if (any.type_url() == kRetryInfo) {
    google::protobuf::Duration duration;
    const auto delay = Find(any.value(), kRetryInfoDelay);
    if (delay && duration.ParseFromString(*delay) && duration.seconds() >= 0) {
      error.retry_after =
          std::chrono::seconds{duration.seconds()} + std::chrono::milliseconds{duration.nanos() / 1'000'000};
    }
  }
}

}  // namespace

grpc::Status ToGrpc(const Error& error) {
  const auto code = CodeOf(error.code);
  if (error.field.empty() && !error.retry_after) return {code, error.message};
  UnknownFieldSet status;
  status.AddVarint(kStatusCode, static_cast<std::uint64_t>(code));
  status.AddLengthDelimited(kStatusMessage, error.message);
  if (!error.field.empty()) status.AddLengthDelimited(kStatusDetails, BadRequest(error.field, error.message));
  if (error.retry_after) status.AddLengthDelimited(kStatusDetails, RetryInfo(*error.retry_after));
  return {code, error.message, Bytes(status)};
}

Error FromGrpc(const grpc::Status& status) {
  Error error{CodeOf(status.error_code()), status.error_message()};
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    error.message =
        "the server does not know this call; it is another program or an older version (" + error.message + ")";
  }
  UnknownFieldSet fields;
  if (!fields.ParseFromString(status.error_details())) return error;
  for (int index = 0; index < fields.field_count(); ++index) {
    const auto& field = fields.field(index);
    if (field.number() == kStatusDetails && field.type() == UnknownField::TYPE_LENGTH_DELIMITED) {
      ReadDetail(field.length_delimited(), error);
    }
  }
  return error;
}

std::string_view CodeName(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return "OK";
    case grpc::StatusCode::CANCELLED:
      return "CANCELLED";
    case grpc::StatusCode::UNKNOWN:
      return "UNKNOWN";
    case grpc::StatusCode::INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case grpc::StatusCode::NOT_FOUND:
      return "NOT_FOUND";
    case grpc::StatusCode::ALREADY_EXISTS:
      return "ALREADY_EXISTS";
    case grpc::StatusCode::PERMISSION_DENIED:
      return "PERMISSION_DENIED";
    case grpc::StatusCode::UNAUTHENTICATED:
      return "UNAUTHENTICATED";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    case grpc::StatusCode::FAILED_PRECONDITION:
      return "FAILED_PRECONDITION";
    case grpc::StatusCode::ABORTED:
      return "ABORTED";
    case grpc::StatusCode::OUT_OF_RANGE:
      return "OUT_OF_RANGE";
    case grpc::StatusCode::UNIMPLEMENTED:
      return "UNIMPLEMENTED";
    case grpc::StatusCode::INTERNAL:
      return "INTERNAL";
    case grpc::StatusCode::UNAVAILABLE:
      return "UNAVAILABLE";
    case grpc::StatusCode::DATA_LOSS:
      return "DATA_LOSS";
    case grpc::StatusCode::DO_NOT_USE:
      break;
  }
  return "UNKNOWN";
}

}  // namespace cdiscount::rpc
