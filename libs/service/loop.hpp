#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "core/result.hpp"
#include "core/task.hpp"
#include "service/host.hpp"

namespace cdiscount::service {

struct LoopOptions {
  std::string name;                              ///< snake_case: in logs and as the label "loop".
  std::chrono::milliseconds period;              ///< From the end of one step to the begin of the next.
  std::chrono::milliseconds first_backoff{500};  ///< After the first failure; doubles.
  std::chrono::milliseconds most_backoff{60'000};
};

/// Does one step again and again on the network thread until the host stops. A step that fails is counted, logged at a
/// limited rate, and followed by a back-off (or by the error's retry_after); one that throws likewise. `step` is no
/// coroutine, it returns one; what it captures outlives RunUntilStopped.
///
/// Metrics: service_loop_steps_total{loop,outcome="ok|failed"}, service_loop_last_success_timestamp_seconds{loop}.
void SpawnLoop(Host& host, LoopOptions options, std::function<Task<Status>()> step);

}  // namespace cdiscount::service
