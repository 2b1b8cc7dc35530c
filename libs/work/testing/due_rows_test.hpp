#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "store/testing/database_test.hpp"
#include "work/due_rows.hpp"

namespace cdiscount::work::fakes {

inline constexpr std::string_view kSelectDue =
    "SELECT name, token FROM job WHERE lease_until <= :now AND done = 0 AND name NOT IN {texts :running}"
    " ORDER BY place LIMIT :most";
inline constexpr std::string_view kTake =
    "UPDATE job SET owner = :owner, token = token + 1, lease_until = :until WHERE name = :name RETURNING token";
inline constexpr std::string_view kRenew =
    "UPDATE job SET lease_until = :until WHERE owner = :owner AND disabled = 0 AND name IN {texts :names}"
    " RETURNING name, token";
inline constexpr std::string_view kEnd =
    "UPDATE job SET owner = '', lease_until = 0, done = :done, error = :error WHERE name = :name AND token = :token";

struct Job {
  std::string name;
  std::string owner;
  std::int64_t token = 0;
  const std::string& key() const { return name; }
};

/// Work on the test's network thread, which ends, waits or fails by the name of the job.
class DueRowsTest : public cdiscount::fakes::DatabaseTest {
 protected:
  DueRowsTest() : DatabaseTest({}) {
    database_->NewSession()->ExecuteScript(
        "CREATE TABLE job (name TEXT PRIMARY KEY, place BIGINT NOT NULL, owner TEXT NOT NULL DEFAULT '', "
        " token BIGINT NOT NULL DEFAULT 0,"
        " lease_until BIGINT NOT NULL DEFAULT 0, disabled BIGINT NOT NULL DEFAULT 0, done BIGINT NOT NULL DEFAULT 0,"
        " error TEXT NOT NULL DEFAULT '')");
    on_statement_ = [this](std::string_view sql) { Note(sql); };
    Make({.parallel = 2, .longest_wait = std::chrono::seconds{3600}});
  }
  ~DueRowsTest() override { database_->Close(); }

  // The clock is the machine's, or `clock_` of the fixture. The database's clock is always `clock_`.
  void Make(DueRowsOptions options) { Make(options, real_clock_); }
  void Make(DueRowsOptions options, const Clock& clock) {
    rows_ = std::make_unique<DueRows<Job>>(
        io_.get_executor(), *database_, clock, options,
        DueWork<Job>{.claim = [this](auto& transaction, const auto& wish) { return Claim(transaction, wish); },
                     .renew = Renew,
                     .run = [this](Job job) { return Work(std::move(job)); },
                     .end = End,
                     .lease_lost = {.code = ErrorCode::kConflict, .message = "the lease went"},
                     .overlong = {.code = ErrorCode::kDeadlineExceeded, .message = "it took too long"},
                     .on_running = [this](int running) { most_at_once_ = std::max(most_at_once_, running); },
                     .on_lost = [this](const Job&, const Error& error) { lost_.push_back(error.code); },
                     .on_store_away = [this](const Error&) { ++store_away_; }});
  }

  Claimed<Job> Claim(store::Transaction& transaction, const ClaimWish& wish) {
    if (wish.also_set_back) ++looks_at_all_;
    Claimed<Job> claimed;
    for (const auto& row :
         transaction.Query(kSelectDue, {{"now", transaction.Now()}, {"running", wish.running}, {"most", wish.most}})) {
      const auto name = row.Text("name");
      const auto taken =
          transaction.Query(kTake, {{"owner", wish.owner}, {"until", transaction.Now() + wish.ttl}, {"name", name}});
      claimed.rows.push_back({.name = name, .owner = wish.owner, .token = taken.at(0).Int("token")});
    }
    return claimed;
  }
  static std::vector<std::string> Renew(store::Transaction& transaction, const std::vector<Job>& jobs,
                                        std::chrono::milliseconds ttl) {
    std::map<std::string, std::int64_t> tokens;
    std::vector<std::string> names;
    for (const auto& job : jobs) {
      tokens.emplace(job.name, job.token);
      names.push_back(job.name);
    }
    std::vector<std::string> held;
    for (const auto& row : transaction.Query(
             kRenew, {{"until", transaction.Now() + ttl}, {"owner", jobs.front().owner}, {"names", names}})) {
      if (tokens[row.Text("name")] == row.Int("token")) held.push_back(row.Text("name"));
    }
    return held;
  }
  static Status End(store::Transaction& transaction, const Job& job, const std::optional<Error>& error) {
    const auto text = error ? error->message : std::string();
    const auto ended = transaction.Execute(
        kEnd, {{"done", error.has_value()}, {"error", text}, {"name", job.name}, {"token", job.token}});
    return ended == 1 ? Ok() : Status(Error{.code = ErrorCode::kConflict, .message = "the lease is lost"});
  }

  // Rows that are due, in this order.
  void Waiting(const std::vector<std::string>& names) {
    for (const auto& name : names) {
      database_->NewSession()->Execute("INSERT INTO job (name, place) VALUES (:name, :place)",
                                       {{"name", name}, {"place", ++jobs_}});
    }
  }

  void RunIt() {
    boost::asio::co_spawn(io_, rows_->Run(), [this](std::exception_ptr) { ended_ = true; });
    io_.restart();
    io_.run_for(std::chrono::seconds{10});
  }

  // The statements of claims and leases, counted and as words.
  void Note(std::string_view sql) {
    const std::scoped_lock lock(mutex_);
    if (sql == kSelectDue) ++claims_;
    if (sql == kRenew) calls_.emplace_back("renew");
    if (sql != kEnd) return;
    calls_.emplace_back("end");
    clock_.Advance(ending_takes_);
    if (fail_end_ > 0) {
      --fail_end_;
      throw store::StoreError(ErrorCode::kUnavailable, "the database is away");
    }
  }
  int claims() {
    const std::scoped_lock lock(mutex_);
    return claims_;
  }
  std::vector<std::string> calls() {
    const std::scoped_lock lock(mutex_);
    return calls_;
  }

  Task<bool> WaitUntilCancelled() {
    boost::asio::steady_timer forever(io_, std::chrono::seconds{3600});
    boost::system::error_code error;
    co_await forever.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    co_return error.failed();
  }

  // The work of "slow" waits until it is cancelled, that of "deaf" until it was cancelled five times; one with
  // "lost" in its name cannot record its end; any other ends at once.
  Task<Status> Work(Job job) {
    began_.push_back(job.name);
    if (job.name.starts_with("slow")) {
      if (co_await WaitUntilCancelled()) gave_back_.push_back(job.name);
      if (stop_at_give_back_) rows_->Stop();
    }
    while (job.name.starts_with("deaf") && ++times_told_ <= 5) co_await WaitUntilCancelled();
    if (job.name.starts_with("deaf")) rows_->Stop();
    if (static_cast<int>(began_.size()) == stop_after_) rows_->Stop();
    if (job.name.find("lost") != std::string::npos)
      co_return Error{.code = lost_with_, .message = "the database failed meanwhile"};
    co_return Ok();
  }

  // Called again and again until it says that it is done.
  void Until(std::function<bool()> done) {
    const auto again = std::make_shared<std::function<void()>>();
    const auto timer = std::make_shared<boost::asio::steady_timer>(io_);
    *again = [this, done = std::move(done), timer, weak = std::weak_ptr(again)] {
      if (done() || ended_) return;
      timer->expires_after(std::chrono::milliseconds{5});
      timer->async_wait([self = weak.lock()](boost::system::error_code) { (*self)(); });
    };
    (*again)();
  }
  // Advances the clock once the first run has begun.
  void OnceItRuns(std::chrono::milliseconds passes) {
    Until([this, passes] {
      if (began_.empty()) return false;
      clock_.Advance(passes);
      rows_->RowsChanged();  // as the timer would, if the clock were its own
      return true;
    });
  }

  SystemClock real_clock_;
  std::mutex mutex_;
  int claims_ = 0, fail_end_ = 0;
  std::atomic<int> looks_at_all_ = 0;
  std::vector<std::string> calls_;  // "renew" and "end"
  std::chrono::milliseconds ending_takes_{0};
  std::vector<std::string> began_, gave_back_;
  std::vector<ErrorCode> lost_;
  int jobs_ = 0, most_at_once_ = 0, store_away_ = 0;
  int stop_after_ = 0;
  bool stop_at_give_back_ = false;
  int times_told_ = 0;
  ErrorCode lost_with_ = ErrorCode::kUnavailable;
  bool ended_ = false;
  std::unique_ptr<DueRows<Job>> rows_;
};

}  // namespace cdiscount::work::fakes
