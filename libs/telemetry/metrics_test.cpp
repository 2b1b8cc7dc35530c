#include "telemetry/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "telemetry/build_info.hpp"
#include "telemetry/series_by.hpp"

namespace cdiscount::telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST(Metrics, RendersWhatPrometheusReads) {
  Metrics metrics("order-ingest");
  auto& received = metrics.AddCounter("order_ingest_orders_total", "Orders seen.", {{"outcome", "new"}});
  metrics.AddCounter("order_ingest_orders_total", "Orders seen.", {{"outcome", "unchanged"}});
  metrics.AddGauge("outbox_oldest_age_seconds", "Age of the oldest row.").Set(2.5);
  auto& took = metrics.AddHistogram("poll_seconds", "One poll.", {}, {0.1, 1});

  received.Increment();
  received.Increment(2);
  took.Observe(0.25);

  const auto text = metrics.Render();
  EXPECT_THAT(text, HasSubstr("# TYPE order_ingest_orders_total counter\n"));
  EXPECT_THAT(text, HasSubstr("order_ingest_orders_total{outcome=\"new\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("order_ingest_orders_total{outcome=\"unchanged\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("outbox_oldest_age_seconds 2.5\n"));
  EXPECT_THAT(text, HasSubstr("poll_seconds_bucket{le=\"0.1\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("poll_seconds_bucket{le=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("build_info{compiler="));
  EXPECT_THAT(text, HasSubstr("version=\"" + std::string(Version()) + "\""));
}

TEST(Metrics, GivesTheSameHandleForTheSameNameAndLabels) {
  Metrics metrics("auth");

  auto& first = metrics.AddCounter("tokens_total", "Tokens.", {{"outcome", "ok"}});
  auto& again = metrics.AddCounter("tokens_total", "Tokens.", {{"outcome", "ok"}});
  auto& other = metrics.AddCounter("tokens_total", "Tokens.", {{"outcome", "refused"}});

  EXPECT_EQ(&first, &again);
  EXPECT_NE(&first, &other);
}

TEST(Metrics, ListsItsNamesForTheGoldenFile) {
  Metrics metrics("auth");
  metrics.AddHistogram("b_seconds", "B.", {{"method", "x"}, {"code", "y"}});
  metrics.AddCounter("a_total", "A.");

  EXPECT_THAT(metrics.Names(), ElementsAre("a_total counter {}", "b_seconds histogram {method,code}",
                                           "build_info gauge {service,version,compiler}"));
}

TEST(Metrics, RefusesANameThatIsTakenOrMalformed) {
  Metrics metrics("auth");
  metrics.AddCounter("tokens_total", "Tokens.", {{"outcome", "ok"}});

  EXPECT_THROW(metrics.AddGauge("tokens_total", "Tokens.", {{"outcome", "ok"}}), std::logic_error);
  EXPECT_THROW(metrics.AddCounter("tokens_total", "Tokens.", {{"code", "ok"}}), std::logic_error);
  EXPECT_THROW(metrics.AddCounter("tokensTotal", "Tokens."), std::logic_error);
  EXPECT_THROW(metrics.AddCounter("calls_total", "Calls.", {{"Method", "x"}}), std::logic_error);
}

TEST(Metrics, KeepsTheSeriesOfAnEnumInOneArray) {
  enum class Verdict { kUnused, kNew, kChanged };
  Metrics metrics("auth");
  CountersBy<Verdict> orders{metrics, "orders_total", "Orders.", "outcome", {"", "new", "changed"}};

  orders[Verdict::kChanged].Increment();

  const auto text = metrics.Render();
  EXPECT_THAT(text, HasSubstr("orders_total{outcome=\"new\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("orders_total{outcome=\"changed\"} 1\n"));
  EXPECT_THROW(orders[Verdict::kUnused], std::logic_error);
}

TEST(Metrics, LabelsEveryErrorCode) {
  Metrics metrics("auth");
  CountersBy<ErrorCode> failures{metrics, "failures_total", "Failures.", "code", ErrorLabels()};

  failures[ErrorCode::kInternal].Increment();

  EXPECT_THAT(metrics.Render(), HasSubstr("failures_total{code=\"internal\"} 1\n"));
}

TEST(Metrics, CountsFromSeveralThreadsWhileItRenders) {
  Metrics metrics("auth");
  auto& calls = metrics.AddCounter("calls_total", "Calls.");

  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int call = 0; call < 1000; ++call) calls.Increment();
      });
    }
    for (int scrape = 0; scrape < 10; ++scrape) EXPECT_FALSE(metrics.Render().empty());
  }

  EXPECT_EQ(calls.Value(), 4000);
}

}  // namespace
}  // namespace cdiscount::telemetry
