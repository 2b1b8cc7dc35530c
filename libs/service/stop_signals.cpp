#include "service/stop_signals.hpp"

#include <boost/system/error_code.hpp>
#include <chrono>
#include <csignal>
#include <utility>

#include "telemetry/log.hpp"

namespace cdiscount::service {

StopSignals::StopSignals(boost::asio::io_context& io, const Clock& clock, std::function<void()> stop,
                         std::function<void(int)> give_up)
    : signals_(io, SIGTERM, SIGINT), clock_(clock), stop_(std::move(stop)), give_up_(std::move(give_up)) {
  Hear();
}

void StopSignals::Hear() {
  signals_.async_wait([this](const boost::system::error_code& failed, int number) {
    if (failed) return;
    if (!first_) first_ = clock_.SteadyNow();
    if (clock_.SteadyNow() - *first_ > std::chrono::seconds{1}) {
      give_up_(number);
      return;
    }
    log::Info("signal", {{"signal", number}});
    stop_();
    Hear();
  });
}

}  // namespace cdiscount::service
