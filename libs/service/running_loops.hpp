#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <list>
#include <string>

#include "core/task.hpp"

namespace cdiscount::service {

/// The coroutines of a host that run until they end or are cancelled. On the network thread; outlives `io`, whose end
/// destroys the coroutines.
class RunningLoops {
 public:
  /// `ended` is called with the name and the exception, if one ended the loop, which is gone by then.
  void Spawn(boost::asio::io_context& io, std::string name, Task<> task,
             std::function<void(const std::string&, std::exception_ptr)> ended);

  /// Cancels every loop that still runs (terminal), and logs its name.
  void Cancel(boost::asio::io_context& io);

  bool empty() const { return running_.empty(); }

 private:
  struct Loop {
    std::string name;
    boost::asio::cancellation_signal cancel;
  };

  std::list<Loop> running_;
};

}  // namespace cdiscount::service
