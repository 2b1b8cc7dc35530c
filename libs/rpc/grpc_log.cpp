#include "rpc/grpc_log.hpp"

#include <grpc/support/log.h>

#include <mutex>

#include "telemetry/log.hpp"

namespace cdiscount::rpc::detail {

void CatchGrpcLog() {
  static std::once_flag once;
  std::call_once(once, [] {
    gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
    gpr_set_log_function([](gpr_log_func_args* args) {
      if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
      static log::Limited limited;
      limited.Warn("grpc_error", {{"message", args->message}});
    });
  });
}

}  // namespace cdiscount::rpc::detail
