#include "service/running_loops.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <iterator>
#include <utility>
#include <vector>

#include "telemetry/log.hpp"

namespace cdiscount::service {

namespace asio = boost::asio;

void RunningLoops::Spawn(asio::io_context& io, std::string name, Task<> task,
                         std::function<void(const std::string&, std::exception_ptr)> ended) {
  auto& loop = running_.emplace_back();
  const auto self = std::prev(running_.end());
  loop.name = std::move(name);
  auto at_end = [this, self, ended = std::move(ended)](std::exception_ptr thrown) {
    const auto loop_name = self->name;
    running_.erase(self);
    ended(loop_name, std::move(thrown));
  };
  asio::co_spawn(io, std::move(task), asio::bind_cancellation_slot(loop.cancel.slot(), std::move(at_end)));
}

void RunningLoops::Cancel(asio::io_context& io) {
  std::vector<asio::cancellation_signal*> signals;
  for (auto& loop : running_) {
    log::Warn("loop_cancelled", {{"loop", loop.name}});
    signals.push_back(&loop.cancel);
  }
  for (auto* const cancel : signals) {
    // A loop that ends within emit() would destroy the signal that is being emitted.
    asio::post(io, [this, cancel] {
      for (auto& still : running_) {
        if (&still.cancel == cancel) {
          cancel->emit(asio::cancellation_type::terminal);
          return;
        }
      }
    });
  }
}

}  // namespace cdiscount::service
