#include "kafka/error.hpp"

#include <fmt/format.h>

#include "kafka/broker_guard.hpp"
#include "kafka/client_error.hpp"

namespace cdiscount::kafka {
namespace {

ErrorCode CodeOf(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      return ErrorCode::kDeadlineExceeded;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return ErrorCode::kNotFound;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return ErrorCode::kAlreadyExists;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return ErrorCode::kPermissionDenied;
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      return ErrorCode::kUnauthenticated;
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
      return ErrorCode::kConflict;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kUnavailable;
  }
}

}  // namespace

Error MakeError(std::string_view tried, rd_kafka_resp_err_t code, std::string_view reason) {
  Error error{CodeOf(code),
              fmt::format("Kafka: {}: {} ({})", tried,
                          reason.empty() ? std::string_view(rd_kafka_err2str(code)) : reason, rd_kafka_err2name(code))};
  if (error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadlineExceeded) {
    if (const auto refused = RefusedBroker(); !refused.empty()) error.message += "; " + refused;
  }
  return error;
}

Failure MakeFailure(std::string_view tried, const rd_kafka_error_t* error) {
  auto severity = Severity::kFatal;
  if (rd_kafka_error_is_fatal(error) == 0) {
    if (rd_kafka_error_txn_requires_abort(error) != 0) {
      severity = Severity::kAbortable;
    } else if (rd_kafka_error_is_retriable(error) != 0) {
      severity = Severity::kRetriable;
    }
  }
  return {severity, MakeError(tried, rd_kafka_error_code(error), rd_kafka_error_string(error))};
}

}  // namespace cdiscount::kafka
