#include "outbox/event_relay.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "crypto/uuid.hpp"
#include "outbox/relay/backlog.hpp"
#include "outbox/relay/lane.hpp"
#include "outbox/relay/topic_setup.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::outbox {
namespace {

using namespace std::chrono_literals;

constexpr auto kMeasurePeriod = 5s;
constexpr std::string_view kLanes = "SELECT DISTINCT lane FROM outbox_lane ORDER BY lane";

std::vector<std::string> NamesOf(const std::vector<TopicSpec>& topics) {
  std::vector<std::string> names;
  for (const auto& topic : topics) names.push_back(topic.name);
  return names;
}

}  // namespace

class EventRelay::Impl {
 public:
  Impl(store::Database& database, RelayOptions options, telemetry::Metrics& metrics)
      : database_(database),
        options_(std::move(options)),
        metrics_(metrics, NamesOf(options_.topics)),
        board_(metrics_) {
    kafka::Validate(options_.kafka).value();
    database_.OnCommit([this] { wake_.Notify(); });
  }
  ~Impl() { database_.OnCommit({}); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void Run(const std::stop_token& stop) {
    std::vector<std::jthread> lanes;  // they end by the same stop, and are joined here
    Backoff backoff(200ms, 5s);
    while (!stop.stop_requested()) {
      const auto status = Turn(lanes, stop);
      if (status) {
        backoff.Reset();
        wake_.Rest(lanes.empty() ? options_.check_again : std::chrono::milliseconds{kMeasurePeriod}, stop);
        continue;
      }
      trouble_.Warn("outbox_relay_interrupted",
                    {{"code", ToString(status.error().code)}, {"problem", status.error().message}});
      wake_.Rest(backoff.Next(), stop);
    }
  }

  std::vector<LaneStatus> All() const { return board_.All(); }
  ParkedSummary Parked() const {
    const std::scoped_lock lock(parked_mutex_);
    return parked_;
  }

 private:
  /// One turn of the relay's own thread: measures, and starts the lanes once the topics are right.
  Status Turn(std::vector<std::jthread>& lanes, const std::stop_token& stop) {
    try {
      if (!session_) session_ = database_.NewSession();
      const auto backlog = Measure(*session_);
      metrics_.unpublished_rows.Set(static_cast<double>(backlog.rows));
      metrics_.oldest_age.Set(std::chrono::duration<double>(backlog.oldest_age).count());
      auto parked = SummarizeParked(*session_);
      metrics_.parked_rows.Set(static_cast<double>(parked.rows));
      {
        const std::scoped_lock lock(parked_mutex_);
        parked_ = std::move(parked);
      }
      if (!lanes.empty()) return Ok();
      return Start(lanes, stop);
    } catch (const store::StoreError& error) {
      return Error{error.code(), error.what()};
    } catch (const BadResult& error) {
      return error.error();
    } catch (const std::exception& error) {
      return Error{ErrorCode::kInternal, error.what()};
    }
  }

  Status Start(std::vector<std::jthread>& lanes, const std::stop_token& stop) {
    std::vector<int> numbers;
    for (const auto& row : session_->Query(kLanes)) numbers.push_back(static_cast<int>(row.Int("lane")));
    const auto slots = RegisterTopics(*session_, options_.topics);
    if (!admin_) admin_.emplace(options_.kafka);
    auto found = EnsureTopics(*admin_, options_, slots);
    if (!found) {
      for (const auto lane : numbers) board_.Set({lane, LaneState::kWaiting, found.error().message, {}});
      return found.error();
    }
    if (*found) {
      for (const auto lane : numbers) board_.Set({lane, LaneState::kStopped, (*found)->problem, *found});
      return Ok();
    }
    const LaneContext context{database_, options_, owner_, slots, metrics_, board_, wake_};
    for (const auto number : numbers) {
      lanes.emplace_back([context, number, stop] { Lane(context, number).Run(stop); });
    }
    return Ok();
  }

  store::Database& database_;
  const RelayOptions options_;
  RelayMetrics metrics_;
  StatusBoard board_;
  Wake wake_;
  const std::string owner_ = crypto::UuidV4();
  log::Limited trouble_{10s};
  std::unique_ptr<store::Session> session_;
  std::optional<kafka::Admin> admin_;
  mutable std::mutex parked_mutex_;
  ParkedSummary parked_;
};

EventRelay::EventRelay(store::Database& database, RelayOptions options, telemetry::Metrics& metrics)
    : impl_(std::make_unique<Impl>(database, std::move(options), metrics)) {}
EventRelay::~EventRelay() = default;

void EventRelay::Run(const std::stop_token& stop) {
  impl_->Run(stop);
}
std::vector<LaneStatus> EventRelay::Lanes() const {
  return impl_->All();
}

Status EventRelay::Ready() const {
  for (const auto& status : impl_->All()) {
    if (!status.stop) continue;
    return Error{ErrorCode::kConflict, "outbox lane " + std::to_string(status.lane) +
                                           " is stopped: " + status.stop->problem + "; " + status.stop->remedy};
  }
  if (const auto parked = impl_->Parked(); parked.rows > 0) {
    return Error{ErrorCode::kUnreadable, std::to_string(parked.rows) +
                                             " rows of the outbox cannot be read and wait, for example " +
                                             parked.example +
                                             "; put the key back into the key file and start again: they are published "
                                             "then (all: SELECT topic, key, parked_problem FROM outbox_row WHERE "
                                             "parked_at IS NOT NULL)"};
  }
  return Ok();
}

}  // namespace cdiscount::outbox
