#include "service/host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cstdlib>

#include "core/ready_file.hpp"
#include "rpc/server.hpp"
#include "service/process_settings.hpp"
#include "service/watchdog.hpp"
#include "telemetry/build_info.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::service {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

/// The text of the exception that ended a loop or a thread; nothing for a cancellation.
std::optional<std::string> Complaint(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) return std::nullopt;
    return error.what();
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace

Host::Host(HostOptions options)
    : options_(std::move(options)), metrics_(options_.name), grace_(ProcessSettings{}.grace) {
  metrics_.AddGauge("process_start_time_seconds", "When this process started, seconds since 1970.")
      .Set(std::chrono::duration<double>(clock_.Now().time_since_epoch()).count());
  if (options_.catch_signals) {
    signals_.emplace(
        io_, clock_, [this] { BeginEnd(); },
        [this](int number) {
          log::Fatal("stopped_at_once", {{"signal", number}, {"still_running", names_.Joined()}});
          std::_Exit(1);
        });
  }
}

void Host::Spawn(std::string name, Task<> task) {
  names_.Add(name);
  loops_.Spawn(io_, std::move(name), std::move(task), [this](const std::string& ended, std::exception_ptr thrown) {
    names_.Remove(ended);
    Changed();
    if (!thrown) return;
    if (const auto complaint = Complaint(thrown); complaint || !stopping_) {
      Fail(fmt::format("loop {} ended by itself: {}", ended, complaint.value_or("cancelled")));
    }
  });
}

void Host::SpawnThread(std::string name, std::function<void(std::stop_token)> body) {
  threads_.emplace_back(std::move(name), std::move(body));
}

void Host::Serve(rpc::Server& server) {
  servers_.push_back(&server);
  AddPort("grpc", server.port());
}

void Host::AddPort(std::string name, std::uint16_t port) {
  ports_[std::move(name)] = port;
}
void Host::OnStop(std::function<void()> callback) {
  on_stop_.push_back(std::move(callback));
}
void Host::AtEnd(std::function<Task<>()> last) {
  at_end_.push_back(std::move(last));
}

Task<bool> Host::WaitFor(std::chrono::milliseconds duration) {
  if (stop_.stop_requested()) co_return false;
  asio::steady_timer timer(io_, duration);
  waits_.insert(&timer);
  const struct Forget {
    std::set<asio::steady_timer*>& waits;
    asio::steady_timer* timer;
    ~Forget() { waits.erase(timer); }
  } forget{waits_, &timer};
  const auto [failed] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return !failed && !stop_.stop_requested();
}

void Host::Stop() {
  asio::post(io_, [this] { BeginEnd(); });
}

void Host::Fail(const std::string& why) {
  log::Fatal("service_failed", {{"why", why}});
  failed_ = true;
  Stop();
}

void Host::RunUntilStopped() {
  const auto work = asio::make_work_guard(io_);
  asio::post(io_, [this] { BeginServing(); });
  for (bool running = true; running;) {
    try {
      io_.run();
      running = false;
    } catch (const std::exception& error) {
      Fail(fmt::format("the network thread caught: {}", error.what()));
    }
  }
  for (auto& thread : running_threads_) thread.join();
  if (drainer_.joinable()) drainer_.join();
  log::Info("stopped", {{"failed", failed_.load()}});
}

void Host::BeginServing() {
  if (stopping_) return;
  if (const auto written = WriteReadyFile(options_.ready_file, ports_); !written) {
    Fail(written.error().message);
    return;
  }
  std::vector<std::string> ports;
  for (const auto& [name, port] : ports_) ports.push_back(fmt::format("{}={}", name, port));
  log::Info("serving", {{"version", telemetry::Version()}, {"ports", fmt::format("{}", fmt::join(ports, " "))}});
  for (auto& [name, body] : threads_) {
    names_.Add(name);
    ++threads_running_;
    running_threads_.emplace_back([this, &name, &body] { RunThread(name, body); });
  }
}

void Host::RunThread(const std::string& name, const std::function<void(std::stop_token)>& body) {
  std::exception_ptr thrown;
  try {
    body(stop_.get_token());
  } catch (...) {
    thrown = std::current_exception();
  }
  asio::post(io_, [this, name, thrown] {
    names_.Remove(name);
    --threads_running_;
    Changed();
    if (thrown) {
      Fail(fmt::format("thread {} ended by itself: {}", name, Complaint(thrown).value_or("cancelled")));
    } else if (!stop_.stop_requested()) {
      Fail(fmt::format("thread {} ended by itself", name));
    }
  });
}

void Host::BeginEnd() {
  if (stopping_.exchange(true)) return;
  asio::co_spawn(io_, End(), [this](std::exception_ptr thrown) {
    if (thrown) log::Error("stop_failed", {{"exception", Complaint(thrown).value_or("cancelled")}});
    io_.stop();
  });
}

Task<> Host::End() {
  const Watchdog watchdog(grace_, [this] {
    log::Fatal("stop_took_too_long",
               {{"grace_seconds", std::chrono::duration<double>(grace_).count()}, {"still_running", names_.Joined()}});
    std::_Exit(1);
  });
  log::Info("stopping");
  RemoveReadyFile(options_.ready_file);

  bool drained = servers_.empty();
  if (!drained) {
    names_.Add("grpc");
    drainer_ = std::thread([this, &drained] {
      for (auto* server : servers_) server->Drain(grace_ / 4);
      asio::post(io_, [this, &drained] {
        names_.Remove("grpc");
        drained = true;
        Changed();
      });
    });
    co_await Until([&] { return drained; }, std::nullopt);
  }

  stop_.request_stop();
  for (const auto& callback : on_stop_) callback();
  for (auto* timer : waits_) timer->cancel();

  const auto all_ended = [this] { return loops_.empty() && threads_running_ == 0; };
  co_await Until([this] { return loops_.empty(); }, std::chrono::steady_clock::now() + grace_ / 4);
  loops_.Cancel(io_);
  co_await Until(all_ended, std::nullopt);

  for (const auto& last : at_end_) co_await last();
}

Task<> Host::Until(std::function<bool()> holds, std::optional<SteadyTime> deadline) {
  while (!holds()) {
    changed_.expires_at(deadline.value_or(std::chrono::steady_clock::time_point::max()));
    const auto [cancelled] = co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!cancelled) co_return;  // the deadline
  }
}

void Host::LoadTable(const std::function<void(settings::Table&)>& describe) {
  grace_ = LoadSettings(options_, describe).grace;
}

void Host::CheckTable(const Status& status) {
  if (!status) throw settings::WrongSettings(WithField(status.error()));
}

}  // namespace cdiscount::service
