#pragma once

#include <grpcpp/support/status.h>

#include <string_view>

#include "core/result.hpp"

namespace cdiscount::rpc {

/// An error as it goes over the wire. The details follow google.rpc.Status: BadRequest with the field for
/// kInvalidArgument, RetryInfo when there is a `retry_after`; any client that knows them understands ours.
grpc::Status ToGrpc(const Error& error);

/// An error as it came in. A code that another implementation may send and we never do is taken for the nearest one:
/// OUT_OF_RANGE kInvalidArgument, ABORTED kConflict, UNIMPLEMENTED and UNKNOWN kInternal. `status` must not be OK.
Error FromGrpc(const grpc::Status& status);

/// "NOT_FOUND": the label "code" of the metrics.
std::string_view CodeName(grpc::StatusCode code);

}  // namespace cdiscount::rpc
