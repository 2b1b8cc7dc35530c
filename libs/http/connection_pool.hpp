#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>
#include <list>
#include <memory>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/task.hpp"
#include "http/transport.hpp"

// Inside libs/http only.
namespace cdiscount::http::detail {

/// An open connection of the client.
struct Connection {
  std::unique_ptr<Transport> transport;
  boost::beast::flat_buffer inbox;  ///< Bytes that arrived and are not read yet.
  SteadyTime idle_since = {};
};

/// The connections to one host: those kept for the next request, and the right to have `limit` of them at most.
/// Owned by the client and by each lease, so that a lease may end after the client. One thread only.
class ConnectionPool : public std::enable_shared_from_this<ConnectionPool> {
 public:
  /// The right to one connection, given back when it ends.
  class Lease {
   public:
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    /// A kept connection that is still open as far as one can see without waiting; null when there is none.
    std::unique_ptr<Connection> TakeKept();
    /// Keeps a connection, clean after a whole answer, for the next request.
    void Keep(std::unique_ptr<Connection> connection);

   private:
    friend class ConnectionPool;
    explicit Lease(std::shared_ptr<ConnectionPool> pool) : pool_(std::move(pool)) {}
    std::shared_ptr<ConnectionPool> pool_;
  };

  ConnectionPool(boost::asio::any_io_executor executor, std::size_t limit)
      : executor_(std::move(executor)), limit_(limit) {}

  /// Waits for a free place, first come first served. kDeadlineExceeded or kCancelled when it does not come.
  Task<Result<Lease>> Acquire(SteadyTime deadline);

  /// Closes the connections that have been idle since `instant` or longer.
  void CloseIdleSince(SteadyTime instant);

  bool empty() const { return leases_ == 0 && kept_.empty(); }

 private:
  struct Waiter;
  void Release();

  boost::asio::any_io_executor executor_;
  std::size_t limit_;
  std::size_t leases_ = 0;  ///< Given out, or promised to a waiter that has not run yet.
  std::vector<std::unique_ptr<Connection>> kept_;
  std::list<Waiter*> waiters_;
};

}  // namespace cdiscount::http::detail
