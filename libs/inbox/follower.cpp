#include "inbox/follower.hpp"

#include <condition_variable>
#include <mutex>
#include <numeric>
#include <utility>

#include "core/retry.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::inbox {
namespace {

using namespace std::chrono_literals;

constexpr auto kCall = 5000ms;  ///< For one question to Kafka.
constexpr std::size_t kBatch = 500;

void Rest(std::chrono::milliseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, duration, [] { return false; });
}

telemetry::Counter& Messages(telemetry::Metrics& metrics, const std::string& topic, const char* outcome) {
  return metrics.AddCounter(
      "inbox_messages_total",
      "Messages of a topic that were applied, stepped over because they never succeed, or parked behind such a one of "
      "their key.",
      {{"topic", topic}, {"outcome", outcome}});
}

}  // namespace

Follower::Follower(store::Database& database, FollowerOptions options, Handler handler, telemetry::Metrics& metrics,
                   std::function<void()> on_change)
    : database_(database),
      options_(std::move(options)),
      inbox_(options_.topic, options_.reading, std::move(handler)),
      on_change_(std::move(on_change)),
      handled_(Messages(metrics, options_.topic, "handled")),
      unreadable_(Messages(metrics, options_.topic, "unreadable")),
      parked_(Messages(metrics, options_.topic, "parked")),
      interrupted_(metrics.AddCounter("inbox_interrupted_total",
                                      "Following a topic was interrupted (Kafka or the database away, another replica "
                                      "first), and begun again.",
                                      {{"topic", options_.topic}})) {}

void Follower::Run(const std::stop_token& stop) {
  Backoff backoff{200ms, 5000ms};
  log::Limited trouble;
  while (!stop.stop_requested()) {
    const auto status = [&]() -> Status {
      try {
        return Follow(stop);
      } catch (const store::StoreError& error) {
        return Error{error.code(), error.what()};
      } catch (const BadResult& error) {
        return error.error();
      } catch (const std::exception& error) {
        return Error{ErrorCode::kInternal, error.what()};
      }
    }();
    if (status) continue;
    interrupted_.Increment();
    if (std::exchange(moved_, false)) backoff.Reset();
    trouble.Warn(
        "inbox_interrupted",
        {{"topic", options_.topic}, {"code", ToString(status.error().code)}, {"problem", status.error().message}});
    Rest(backoff.Next(), stop);
  }
}

Status Follower::Follow(const std::stop_token& stop) {
  if (!session_) session_ = database_.NewSession();
  kafka::Consumer consumer(options_.kafka, options_.topic, options_.service);
  if (auto started = Start(consumer); !started) return started;
  while (!stop.stop_requested()) {
    const auto messages = consumer.Poll(kBatch, 500ms);
    if (!messages) return messages.error();  // also when a position is not on the topic any more
    if (messages->empty()) continue;
    const auto applied = inbox_.Apply(*session_, *messages);
    if (!applied) return applied.error();
    moved_ = true;
    handled_.Increment(static_cast<double>(applied->handled));
    unreadable_.Increment(static_cast<double>(applied->unreadable));
    parked_.Increment(static_cast<double>(applied->parked));
    if (options_.reading == Reading::kOnwards) consumer.NotePositions(*messages);
    if (on_change_) on_change_();
  }
  return Ok();
}

Status Follower::Start(kafka::Consumer& consumer) {
  const auto begin = [this](const std::vector<std::int32_t>& partitions) {
    return inbox_.Begin(*session_, partitions);
  };
  if (options_.reading == Reading::kOnwards) return consumer.Join(begin);
  const auto count = consumer.CountPartitions(kCall);
  if (!count) return count.error();
  std::vector<std::int32_t> partitions(static_cast<std::size_t>(*count));
  std::iota(partitions.begin(), partitions.end(), 0);
  return consumer.Start(begin(partitions), kCall);
}

}  // namespace cdiscount::inbox
