#pragma once

#include <boost/asio/awaitable.hpp>

namespace cdiscount {

/// A function that may wait returns a Task and is called with `co_await`, on the network thread. A coroutine takes
/// values, or references that its caller keeps alive while awaiting.
template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace cdiscount
