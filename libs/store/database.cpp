#include "store/database.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "store/file_lock.hpp"
#include "store/postgres_session.hpp"
#include "store/sqlite_session.hpp"
#include "store/url.hpp"

namespace cdiscount::store {
namespace {

/// One piece of work on a store thread, and where its outcome goes.
using Job = std::function<void(Session*, const Error*)>;

Status RunAsTransaction(Session& session, const std::function<Status(Transaction&)>& work) {
  try {
    Transaction transaction(session);
    auto status = work(transaction);
    if (status) transaction.Commit();
    return status;
  } catch (const StoreError& error) {
    return Error{error.code(), error.what()};
  } catch (const BadResult& error) {
    return error.error();
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInternal, std::string("the work in a transaction failed: ") + error.what()};
  }
}

}  // namespace

class Database::Impl {
 public:
  Impl(Location location, std::optional<FileLock> lock) : location_(std::move(location)), lock_(std::move(lock)) {}
  ~Impl() { Close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Engine engine() const { return location_.engine; }

  std::unique_ptr<Session> NewSession() {
    if (location_.engine == Engine::kSqlite) return OpenSqlite(location_.target, writer_);
    return OpenPostgres(location_.target);
  }

  void Start(int threads) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
  }

  /// False when the database is closed; the job is not taken then.
  bool Take(Job job) {
    {
      const std::scoped_lock lock(mutex_);
      if (closed_) return false;
      jobs_.push_back(std::move(job));
    }
    arrived_.notify_one();
    return true;
  }

  void Close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    arrived_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void Work() {
    std::unique_ptr<Session> session;
    while (auto job = Next()) {
      try {
        if (!session) session = NewSession();
      } catch (const StoreError& error) {
        const Error reason{error.code(), error.what()};
        job(nullptr, &reason);
        continue;
      }
      job(session.get(), nullptr);
    }
  }

  /// Waits for work; nothing when the database is closed and all work is done.
  Job Next() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
    if (jobs_.empty()) return nullptr;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

  Location location_;
  std::optional<FileLock> lock_;
  std::shared_ptr<SqliteWriter> writer_ = std::make_shared<SqliteWriter>(1);
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> jobs_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

Result<std::unique_ptr<Database>> Database::Open(DatabaseOptions options) {
  auto location = ParseUrl(options.url);
  if (!location) return location.error();
  const bool sqlite = location->engine == Engine::kSqlite;
  std::optional<FileLock> lock;
  if (sqlite) {
    auto taken = FileLock::Take(location->target + ".lock");
    if (!taken) return taken.error();
    lock.emplace(std::move(*taken));
  }
  auto impl = std::make_unique<Impl>(std::move(*location), std::move(lock));
  try {
    impl->NewSession();  // so that a wrong path or password shows here
  } catch (const StoreError& error) {
    return Error{error.code(), error.what()};
  }
  impl->Start(sqlite ? 1 : options.threads);
  return std::unique_ptr<Database>(new Database(std::move(impl)));
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Engine Database::engine() const {
  return impl_->engine();
}

std::unique_ptr<Session> Database::NewSession() {
  return impl_->NewSession();
}

void Database::Close() {
  impl_->Close();
}

Task<Status> Database::RunErased(const std::function<Status(Transaction&)>& work) {
  auto initiate = [this, &work](auto handler) {
    const auto executor = boost::asio::get_associated_executor(handler);
    struct Completion {
      decltype(handler) handler;
      boost::asio::executor_work_guard<std::decay_t<decltype(executor)>> keeps_running;
    };
    // Shared, because a Job can be copied and a handler cannot.
    auto completion = std::make_shared<Completion>(std::move(handler), boost::asio::make_work_guard(executor));
    auto complete = [completion, executor](Status status) {
      boost::asio::post(executor, [completion, status = std::move(status)]() mutable {
        auto resume = std::move(completion->handler);
        completion->keeps_running.reset();
        resume(std::move(status));
      });
    };
    const bool taken = impl_->Take([complete, &work](Session* session, const Error* error) {
      complete(session == nullptr ? Status(*error) : RunAsTransaction(*session, work));
    });
    if (!taken) complete(Error{ErrorCode::kCancelled, "the database is closed: the process is ending"});
  };
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Status)>(std::move(initiate),
                                                                                         boost::asio::use_awaitable);
}

}  // namespace cdiscount::store
