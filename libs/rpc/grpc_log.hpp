#pragma once

namespace cdiscount::rpc::detail {

/// Sends what gRPC itself has to say (errors only) to our log, at a limited rate. The first call counts.
void CatchGrpcLog();

}  // namespace cdiscount::rpc::detail
