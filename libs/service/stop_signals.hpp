#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <optional>

#include "core/clock.hpp"

namespace cdiscount::service {

/// SIGTERM and SIGINT, while it lives. On the thread of `io`.
class StopSignals {
 public:
  /// `stop` is called at a signal, `give_up(signal)` at one that comes more than a second after the first: a terminal
  /// and a supervisor may both send the first one.
  StopSignals(boost::asio::io_context& io, const Clock& clock, std::function<void()> stop,
              std::function<void(int)> give_up);

 private:
  void Hear();

  boost::asio::signal_set signals_;
  const Clock& clock_;
  std::function<void()> stop_;
  std::function<void(int)> give_up_;
  std::optional<SteadyTime> first_;
};

}  // namespace cdiscount::service
