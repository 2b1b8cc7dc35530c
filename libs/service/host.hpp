#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/task.hpp"
#include "service/running_loops.hpp"
#include "service/running_names.hpp"
#include "service/stop_signals.hpp"
#include "settings/table.hpp"
#include "telemetry/metrics.hpp"

namespace cdiscount::rpc {
class Server;
}

namespace cdiscount::service {

/// The options that Main read from the command line and the environment. Tests fill it by hand.
struct HostOptions {
  std::string name;            ///< The service: "order-ingest".
  std::string yaml = {};       ///< The text of the settings file.
  std::string yaml_name = {};  ///< Its path, for messages.
  std::map<std::string, std::string> environment = {};
  std::string ready_file = {};  ///< Empty = none.
  bool print_settings = false;  ///< Load prints and throws SettingsPrinted.
  bool print_manual = false;
  bool catch_signals = true;  ///< SIGTERM and SIGINT end RunUntilStopped.
};

/// Thrown by Load after it printed: Main exits with 0.
struct SettingsPrinted {};

/// The process around a service: settings, the network thread, metrics, and an end in order. `Run(Host&)` builds its
/// objects, hands loops and servers over, and calls RunUntilStopped() last; that makes the calling thread the network
/// thread and returns only when every loop, thread and call has ended, so objects may be destroyed in any order after
/// it.
///
/// On SIGTERM or SIGINT (or Stop):
///   1. readiness turns: /readyz answers 503, the ready file goes
///   2. gRPC drains: no new calls, running ones end
///   3. the OnStop callbacks are called, stop_token() is set: loops end after what they are doing, threads return
///   4. a loop that has not ended after a quarter of the grace time is cancelled (terminal)
///   5. the admin server closes last
/// The network thread runs on through all of it. Loops, threads and calls that have not ended when the grace time
/// (setting stop.grace, 20 s) is over are named in the log, and the process exits with 1 at once. Another signal, more
/// than a second after the first, does the same without waiting.
class Host {
 public:
  explicit Host(HostOptions options);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  std::string_view name() const { return options_.name; }
  boost::asio::io_context& io() { return io_; }
  boost::asio::any_io_executor executor() { return io_.get_executor(); }
  telemetry::Metrics& metrics() { return metrics_; }
  const Clock& clock() const { return clock_; }

  /// The service's settings, from the file and the environment. Call it first in Run: it also sets the log level and
  /// answers --print-settings. Throws settings::WrongSettings.
  template <class Settings>
  Settings Load() {
    Settings settings{};
    LoadTable([&](settings::Table& table) { settings.Describe(table); });
    if constexpr (requires {
                    { settings.Check() } -> std::same_as<Status>;
                  })
      CheckTable(settings.Check());
    return settings;
  }

  /// A loop on the network thread. It must end soon after stop_token() is set, or when cancelled. One that ends with an
  /// exception before it was asked to stop ends the process with 1: it is a bug.
  void Spawn(std::string name, Task<> task);

  /// A thread of its own, started by RunUntilStopped. The function returns soon after the token is set; an exception
  /// ends the process with 1.
  void SpawnThread(std::string name, std::function<void(std::stop_token)> body);

  /// Names the port "grpc" in the ready file, and drains the server when the host stops. `server` outlives
  /// RunUntilStopped.
  void Serve(rpc::Server& server);
  /// Names a port in the ready file.
  void AddPort(std::string name, std::uint16_t port);

  /// Called once on the network thread when the host stops (step 3). It must not wait.
  void OnStop(std::function<void()> callback);
  /// Called on the network thread after every loop and thread has ended (step 5).
  void AtEnd(std::function<Task<>()> last);

  /// Set from step 3 on. Thread-safe.
  std::stop_token stop_token() const { return stop_.get_token(); }
  /// True from step 1 on. Thread-safe.
  bool stopping() const { return stopping_; }

  /// Waits this long, or until the host stops: then false, at once. On the network thread.
  Task<bool> WaitFor(std::chrono::milliseconds duration);

  /// As a signal would. Thread-safe.
  void Stop();
  /// Stop, but the process exits with 1: for what cannot go on. Thread-safe.
  void Fail(const std::string& why);

  /// Writes the ready file once everything listens, runs the network thread, returns at the end. Once.
  void RunUntilStopped();

  /// True when Fail was called.
  bool failed() const { return failed_; }

 private:
  void LoadTable(const std::function<void(settings::Table&)>& describe);
  void CheckTable(const Status& status);
  void BeginServing();
  void RunThread(const std::string& name, const std::function<void(std::stop_token)>& body);
  void BeginEnd();
  Task<> End();
  /// Waits until `holds`, which is looked at after each Changed(), or until the deadline.
  Task<> Until(std::function<bool()> holds, std::optional<SteadyTime> deadline);
  void Changed() { changed_.cancel(); }

  HostOptions options_;
  const SystemClock clock_;
  telemetry::Metrics metrics_;
  // These two outlive io_, whose end destroys the coroutines that use them.
  std::set<boost::asio::steady_timer*> waits_;
  RunningLoops loops_;
  boost::asio::io_context io_{1};
  std::map<std::string, std::uint16_t> ports_;
  std::vector<rpc::Server*> servers_;
  std::vector<std::pair<std::string, std::function<void(std::stop_token)>>> threads_;
  std::vector<std::function<void()>> on_stop_;
  std::vector<std::function<Task<>()>> at_end_;
  std::stop_source stop_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> failed_ = false;
  std::chrono::milliseconds grace_;
  std::optional<StopSignals> signals_;
  boost::asio::steady_timer changed_{io_};
  std::vector<std::thread> running_threads_;
  int threads_running_ = 0;
  std::thread drainer_;
  RunningNames names_;  // for the last line of the log, when the process gives up
};

}  // namespace cdiscount::service
