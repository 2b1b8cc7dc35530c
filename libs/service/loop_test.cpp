#include "service/loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::service {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class LoopTest : public ::testing::Test {
 protected:
  Task<Status> Ok() { co_return cdiscount::Ok(); }
  Task<Status> Fail(Error error) { co_return error; }
  Task<Status> Throw() {
    throw std::logic_error("an index is out of range");
    co_return cdiscount::Ok();
  }

  fakes::CapturedLog captured_;
  Host host_{{.name = "test", .catch_signals = false}};
  int steps_ = 0;
};

TEST_F(LoopTest, RepeatsItsStepUntilTheHostStops) {
  SpawnLoop(host_, {.name = "poll", .period = 1ms}, [&] {
    if (++steps_ == 5) host_.Stop();
    return Ok();
  });

  host_.RunUntilStopped();

  EXPECT_GE(steps_, 5);
  EXPECT_THAT(host_.metrics().Render(), HasSubstr("service_loop_steps_total{loop=\"poll\",outcome=\"failed\"} 0\n"));
}

TEST_F(LoopTest, CountsAndLogsAFailureAndGoesOn) {
  SpawnLoop(host_, {.name = "poll", .period = 1ms, .first_backoff = 1ms, .most_backoff = 2ms}, [&] {
    switch (++steps_) {
      case 1:
        return Fail({ErrorCode::kUnavailable, "no broker listens on 127.0.0.1:9092"});
      case 2:
        return Throw();
      case 3:
        return Ok();
      default:
        host_.Stop();
        return Ok();
    }
  });

  host_.RunUntilStopped();

  EXPECT_THAT(host_.metrics().Render(), HasSubstr("service_loop_steps_total{loop=\"poll\",outcome=\"failed\"} 2\n"));
  EXPECT_THAT(captured_.lines(),
              Contains(HasSubstr("\"event\":\"loop_step_failed\",\"loop\":\"poll\",\"code\":\"unavailable\","
                                 "\"message\":\"no broker listens on 127.0.0.1:9092\"")));
  EXPECT_FALSE(host_.failed());
}

TEST_F(LoopTest, WaitsAsLongAsTheErrorAsks) {
  std::chrono::steady_clock::time_point first, second;
  SpawnLoop(host_, {.name = "poll", .period = 1ms, .first_backoff = 1ms, .most_backoff = 2ms}, [&] {
    if (++steps_ == 1) {
      first = std::chrono::steady_clock::now();
      return Fail({ErrorCode::kThrottled, "quota spent", 150ms});
    }
    second = std::chrono::steady_clock::now();
    host_.Stop();
    return Ok();
  });

  host_.RunUntilStopped();

  EXPECT_GE(second - first, 150ms);
}

TEST_F(LoopTest, StopsAtOnceWhileItWaits) {
  SpawnLoop(host_, {.name = "poll", .period = 1h}, [&] {
    host_.Stop();
    return Ok();
  });

  const auto began = std::chrono::steady_clock::now();
  host_.RunUntilStopped();

  EXPECT_LT(std::chrono::steady_clock::now() - began, 4s) << "the loop was cancelled, not asked";
}

}  // namespace
}  // namespace cdiscount::service
