#include "http/connection_pool.hpp"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

namespace cdiscount::http::detail {
namespace {

/// An idle HTTP/1.1 connection has nothing to say. Anything readable is the end of the stream or something that no
/// request asked for; either way it is of no more use.
bool IsQuiet(Connection& connection) {
  char byte = 0;
  const auto seen = ::recv(connection.transport->Socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

/// A place in the queue. Leaves it when its coroutine ends for whatever reason, and passes on a place it was given.
struct ConnectionPool::Waiter {
  Waiter(ConnectionPool& queue, SteadyTime deadline) : pool(queue), wake(queue.executor_, deadline) {
    place = pool.waiters_.insert(pool.waiters_.end(), this);
  }
  ~Waiter() {
    if (!granted) {
      pool.waiters_.erase(place);
    } else if (!taken) {
      pool.Release();
    }
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  ConnectionPool& pool;
  boost::asio::steady_timer wake;
  std::list<Waiter*>::iterator place;
  bool granted = false;
  bool taken = false;
};

Task<Result<ConnectionPool::Lease>> ConnectionPool::Acquire(SteadyTime deadline) {
  const auto self = shared_from_this();
  if (leases_ < limit_) {
    ++leases_;
    co_return Lease(self);
  }
  Waiter waiter(*this, deadline);
  const auto [error] = co_await waiter.wake.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  if (waiter.granted) {
    waiter.taken = true;
    co_return Lease(self);
  }
  if (error) co_return Error{ErrorCode::kCancelled, "cancelled while waiting for a free connection"};
  co_return Error{ErrorCode::kDeadlineExceeded,
                  "all " + std::to_string(limit_) + " connections were busy until the deadline"};
}

void ConnectionPool::Release() {
  if (waiters_.empty()) {
    --leases_;
    return;
  }
  auto* next = waiters_.front();
  waiters_.pop_front();
  next->granted = true;
  next->wake.cancel();
}

void ConnectionPool::CloseIdleSince(SteadyTime instant) {
  std::erase_if(kept_, [&](const auto& connection) { return connection->idle_since <= instant; });
}

ConnectionPool::Lease::~Lease() {
  if (pool_) pool_->Release();
}

std::unique_ptr<Connection> ConnectionPool::Lease::TakeKept() {
  while (!pool_->kept_.empty()) {
    auto connection = std::move(pool_->kept_.back());  // the newest: the least likely to be closed
    pool_->kept_.pop_back();
    if (IsQuiet(*connection)) return connection;
  }
  return nullptr;
}

void ConnectionPool::Lease::Keep(std::unique_ptr<Connection> connection) {
  connection->idle_since = std::chrono::steady_clock::now();
  pool_->kept_.push_back(std::move(connection));
}

}  // namespace cdiscount::http::detail
