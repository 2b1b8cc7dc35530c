#include "outbox/relay/lane.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "outbox/relay/lane_check.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::outbox {
namespace {

using namespace std::chrono_literals;

constexpr auto kCall = 5000ms;       ///< For one question to Kafka.
constexpr auto kInitSlice = 2000ms;  ///< Taking over goes on where it was when it is asked again.
constexpr int kTrimChunk = 1000;
constexpr int kParkedChunk = 200;

SteadyTime Now() {
  return std::chrono::steady_clock::now();
}

/// For what the outage of a neighbour repeats.
log::Limited& Trouble() {
  static log::Limited limited{10s};
  return limited;
}

}  // namespace

Lane::Lane(LaneContext context, int lane)
    : context_(std::move(context)),
      options_(context_.options),
      lane_(lane),
      backoff_(200ms, 5s),
      trim_(options_.trim_grace) {}

void Lane::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto status = Attempt(stop);
    if (stop.stop_requested()) return;
    if (stop_) {
      context_.board.Set({lane_, LaneState::kStopped, stop_->problem, stop_});
      context_.wake.Rest(options_.check_again, stop);
      continue;
    }
    if (status) continue;
    context_.board.Set({lane_, LaneState::kWaiting, status.error().message, {}});
    Trouble().Warn("outbox_lane_interrupted",
                   {{"lane", lane_}, {"code", ToString(status.error().code)}, {"problem", status.error().message}});
    context_.wake.Rest(backoff_.Next(), stop);
  }
}

Status Lane::Attempt(const std::stop_token& stop) {
  stop_.reset();
  try {
    if (!admin_) admin_.emplace(options_.kafka);
    if (!session_) session_ = context_.database.NewSession();
    LaneStore rows(*session_, lane_, context_.owner, options_.lease_ttl);
    // On SQLite the file's lock shows that no other process lives: what a dead one held need not run out.
    const bool from_the_dead = session_->engine() == store::Engine::kSqlite && !claimed_before_;
    if (!rows.Claim(from_the_dead)) {
      context_.board.Set({lane_, LaneState::kStandby, {}, {}});
      context_.wake.Rest(std::min(options_.lease_ttl / 5, 1000ms), stop);
      return Ok();
    }
    claimed_before_ = true;
    auto status = Own(rows, stop);
    rows.Release();
    return status;
  } catch (const store::StoreError& error) {
    return Error{error.code(), error.what()};
  } catch (const BadResult& error) {
    return error.error();
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInternal, fmt::format("outbox lane {} failed: {}", lane_, error.what())};
  }
}

Status Lane::Own(LaneStore& rows, const std::stop_token& stop) {
  context_.board.Set({lane_, LaneState::kTakingOver, {}, {}});
  Publisher publisher(options_, lane_, rows.Installation(), context_.slots);
  if (auto status = TakeOver(rows, publisher, stop); !status) return status;
  if (auto status = Resync(rows, publisher, stop); !status) return status;
  if (auto status = RefuseUnknownTopic(rows); !status) return status;
  context_.board.Set({lane_, LaneState::kPublishing, {}, {}});
  trim_ = TrimWindow(options_.trim_grace);
  last_commit_ = Now();
  // At once, for a process may never live as long as the refresh period. It also finds the group's coordinator, which
  // takes a second that the first row would wait otherwise.
  if (auto status = Refresh(rows, publisher, stop); !status) return status;

  while (!stop.stop_requested()) {
    const auto seen = context_.wake.count();
    if (rows.HasUnnumbered()) {
      if (auto status = Number(rows); !status) return status;
    }
    const bool waiting = progress_.RowsWait();
    if (waiting) {
      if (auto status = PublishNext(rows, publisher, stop); !status) return status;
    } else {
      last_commit_ = Now();  // nothing to commit: as good as a commit
    }
    const bool idle = !waiting && !context_.wake.WaitFor(seen, options_.poll_period, stop);
    if (auto status = KeepHouse(rows, publisher, idle, stop); !status) return status;
  }
  return Ok();
}

Status Lane::TakeOver(LaneStore& rows, Publisher& publisher, const std::stop_token& stop) {
  const auto deadline = Now() + options_.give_up;
  while (true) {
    const auto taken = publisher.TakeOver(kInitSlice);
    if (taken) return Ok();
    if (taken.error().severity != kafka::Severity::kRetriable || Now() >= deadline || stop.stop_requested()) {
      return taken.error().error;
    }
    if (auto status = rows.Renew(); !status) return status;
  }
}

/// Where the lane stands, from the database and from Kafka, and whether the two belong together.
Status Lane::Resync(LaneStore& rows, Publisher& publisher, const std::stop_token& stop) {
  auto streams = rows.Streams(options_.topics);
  if (!streams) return streams.error();
  auto progress = publisher.ReadProgress(rows.Partitions(), kCall);
  if (!progress) return progress.error();
  auto found = FindStop(rows, *admin_, options_, *streams, *progress, stop);
  if (!found) return found.error();
  if (*found) return StopWith(std::move(**found));
  progress_ = LaneProgress(std::move(*streams), std::move(*progress));
  // The facts were read one by one; the renewal proves that no other owner changed them meanwhile.
  last_renewal_ = Now();
  return rows.Renew();
}

Status Lane::StopWith(Stop stop) {
  Error error{ErrorCode::kConflict, stop.problem + "; " + stop.remedy};
  stop_ = std::move(stop);
  return error;
}

Status Lane::Number(LaneStore& rows) {
  const auto published = progress_.Unnoted();
  const auto numbered = rows.Number(published, options_.batch_rows);
  if (!numbered) return numbered.error();
  last_renewal_ = Now();
  progress_.Noted(published);
  progress_.Numbered(*numbered);
  return Ok();
}

/// A row of a topic that another version of the service publishes to is seen here, and not lost in silence.
Status Lane::RefuseUnknownTopic(LaneStore& rows) {
  const auto topic = rows.UnknownTopic();
  if (!topic) return Ok();
  return StopWith({StopReason::kUnknownTopic,
                   fmt::format("a row of the outbox is for {}, to which {} does not publish", *topic, options_.service),
                   "start the version of the service that publishes to it, or delete the row"});
}

/// A call to Kafka can take longer than the lease lasts.
Turn Lane::TurnOf(LaneStore& rows, const std::stop_token& stop) {
  return {stop, [this, &rows]() -> Status {
            if (Now() - last_renewal_ < options_.lease_ttl / 5) return Ok();
            last_renewal_ = Now();
            return rows.Renew();
          }};
}

Status Lane::PublishNext(LaneStore& rows, Publisher& publisher, const std::stop_token& stop) {
  const auto batch = ReadBatch(rows, *session_, options_, progress_.Waiting());
  if (auto status = ParkUnreadable(rows, batch.unreadable); !status) return status;
  if (batch.rows.empty()) {
    if (!batch.unreadable.empty()) return Ok();
    return StopWith({StopReason::kRowMissing, "a row that was numbered and not yet published is gone from the outbox",
                     "bring back the database with its rows"});
  }
  const auto turn = TurnOf(rows, stop);
  const auto published = publisher.Publish(batch.rows, progress_.streams(), turn);
  if (!published) return Recover(rows, publisher, published.error(), stop);
  if (published->recreated) {
    // Before the abort: its records stay in the new topic and make it look long enough for the next owner.
    rows.KeepStop(published->recreated->topic, published->problem);
    (void)publisher.Abort(turn);  // when it fails, the next owner's take-over ends the transaction
    return StopWith({StopReason::kTopicRecreated, published->problem, RemedyForRecreated(published->recreated->topic)});
  }
  Committed(batch.rows, *published);
  return Ok();
}

/// The event is what counts, and it is on another topic: a value that cannot be read holds up nothing but itself.
Status Lane::ParkUnreadable(LaneStore& rows, const std::vector<Batch::Unreadable>& unreadable) {
  for (const auto& row : unreadable) {
    auto status = rows.AsOwner(
        [&](store::Transaction& transaction) { Park(transaction, row.stream, row.sequence, row.problem); });
    if (!status) return status;
    progress_.Parked(row.stream);
    Trouble().Warn("outbox_row_parked",
                   {{"lane", lane_}, {"topic", row.stream.topic}, {"key", row.key}, {"problem", row.problem}});
  }
  return Ok();
}

/// Parked rows whose value can be read again wait for a sequence from now on.
Status Lane::TryParked(LaneStore& rows) {
  const auto parked = ParkedOf(*session_, lane_, kParkedChunk);
  if (parked.empty()) return Ok();
  std::vector<std::int64_t> readable;
  std::vector<std::int64_t> in_vain;
  for (const auto& row : parked) {
    const auto spec = std::ranges::find(options_.topics, row.topic, &TopicSpec::name);
    const bool opens = spec != options_.topics.end() &&
                       (!spec->value_reader || spec->value_reader(*session_, row.key, row.version).has_value());
    (opens ? readable : in_vain).push_back(row.id);
  }
  if (in_vain.empty()) last_parked_ = SteadyTime{};  // perhaps there are more
  return rows.AsOwner([&](store::Transaction& transaction) {
    Unpark(transaction, readable);
    NoteTried(transaction, in_vain);
  });
}

void Lane::Committed(const std::vector<OutboxRow>& batch, const Published& published) {
  const auto now = SystemClock{}.Now();
  for (const auto& row : batch) {
    for (const auto& topic : options_.topics) {
      if (topic.Primary() == row.stream.topic) context_.metrics.published.at(topic.name)->Increment();
    }
    context_.metrics.publish_delay.Observe(std::chrono::duration<double>(now - row.created_at).count());
  }
  progress_.Published(published.progress);
  progress_.SawLogEnds(published.log_ends);
  context_.metrics.committed.Increment();
  last_commit_ = Now();
  backoff_.Reset();
}

/// After a failed transaction: abort it, find out where the lane stands, go on. An error means that the lane is let go.
Status Lane::Recover(LaneStore& rows, Publisher& publisher, const kafka::Failure& failure,
                     const std::stop_token& stop) {
  Trouble().Warn("outbox_transaction_failed", {{"lane", lane_}, {"problem", failure.error.message}});
  if (failure.severity != kafka::Severity::kAbortable || Now() - last_commit_ >= options_.give_up) {
    context_.metrics.failed.Increment();
    return failure.error;
  }
  context_.metrics.aborted.Increment();
  // On shutdown the open transaction is left for the next owner, whose init_transactions aborts it.
  if (stop.stop_requested()) return failure.error;
  if (auto aborted = publisher.Abort(TurnOf(rows, stop)); !aborted) return aborted.error().error;
  context_.wake.Rest(backoff_.Next(), stop);
  return Resync(rows, publisher, stop);
}

Status Lane::KeepHouse(LaneStore& rows, Publisher& publisher, bool idle, const std::stop_token& stop) {
  const auto now = Now();
  if (const auto unnoted = progress_.Unnoted(); idle && !unnoted.empty()) {
    if (auto status = rows.NotePublished(unnoted, progress_.log_ends()); !status) return status;
    progress_.NotedLogEnds();
    progress_.Noted(unnoted);
    last_renewal_ = now;
  }
  if (now - last_renewal_ >= options_.lease_ttl / 3) {
    if (auto status = rows.Renew(); !status) return status;
    last_renewal_ = now;
  }
  trim_.Observe(now, progress_.Sequences());
  if (now - last_trim_ >= options_.trim_grace / 60) {
    last_trim_ = now;
    if (const auto first_to_keep = trim_.FirstToKeep(now); !first_to_keep.empty()) {
      const auto dropped = rows.Trim(first_to_keep, kTrimChunk);
      if (!dropped) return dropped.error();
      context_.metrics.trimmed_rows.Increment(static_cast<double>(*dropped));
      if (*dropped >= kTrimChunk) last_trim_ = SteadyTime{};  // perhaps there is more
    }
  }
  if (now - last_parked_ >= options_.check_again) {
    last_parked_ = now;
    if (auto status = RefuseUnknownTopic(rows); !status) return status;
    if (auto status = TryParked(rows); !status) return status;
  }
  if (now - last_refresh_ >= options_.refresh_period) return Refresh(rows, publisher, stop);
  return Ok();
}

/// Says the progress again, silent streams included: a broker forgets the offsets of each one after a while.
Status Lane::Refresh(LaneStore& rows, Publisher& publisher, const std::stop_token& stop) {
  last_refresh_ = Now();
  if (progress_.published().empty()) return Ok();
  const auto refreshed = publisher.Refresh(progress_.published(), TurnOf(rows, stop));
  if (!refreshed) return Recover(rows, publisher, refreshed.error(), stop);
  context_.metrics.committed.Increment();
  return Ok();
}

}  // namespace cdiscount::outbox
