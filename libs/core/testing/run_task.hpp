#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/task.hpp"

namespace cdiscount::fakes {

namespace detail {
template <class T>
Task<> Store(Task<T> task, std::optional<T>& value) {
  value.emplace(co_await std::move(task));
}
inline void Drive(boost::asio::io_context& io, Task<> task) {
  std::exception_ptr failure;
  bool done = false;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown) {
    failure = thrown;
    done = true;
  });
  io.restart();
  while (!done && io.run_one() != 0) {
  }
  if (failure) std::rethrow_exception(failure);
  if (!done) throw std::logic_error("the task waits for an event that can no longer come");
}
}  // namespace detail

/// Runs a Task to its end on `io` from the calling thread, and gives its value. Throws what the Task throws.
template <class T>
T RunTask(boost::asio::io_context& io, Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    detail::Drive(io, std::move(task));
  } else {
    std::optional<T> value;
    detail::Drive(io, detail::Store(std::move(task), value));
    return std::move(*value);
  }
}

/// The same on a network thread of its own.
template <class T>
T RunTask(Task<T> task) {
  boost::asio::io_context io{1};
  return RunTask(io, std::move(task));
}

}  // namespace cdiscount::fakes
