#include "store/database.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <mutex>
#include <optional>

#include "store/file_lock.hpp"
#include "store/postgres_session.hpp"
#include "store/sqlite_file.hpp"
#include "store/sqlite_session.hpp"
#include "store/store_threads.hpp"
#include "store/url.hpp"

namespace cdiscount::store {
namespace {

constexpr int kSqliteReaders = 2;  // so that a long list delays no look-up

struct CommitHook {
  std::mutex mutex;
  std::function<void()> hook;
};

Status RunAsTransaction(Session& session, Access access, const std::function<SysTime()>& now,
                        const std::function<Status(Transaction&)>& work) {
  try {
    Transaction transaction(session, access, now);
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
  Impl(Location location, std::optional<FileLock> lock, DatabaseOptions& options)
      : location_(std::move(location)),
        lock_(std::move(lock)),
        before_statement_(std::move(options.before_statement)),
        now_(std::move(options.now)) {}

  Engine engine() const { return location_.engine; }
  const std::function<SysTime()>& now() const { return now_; }

  std::unique_ptr<Session> NewSession() {
    auto session =
        location_.engine == Engine::kSqlite ? OpenSqlite(location_.target, writer_) : OpenPostgres(location_.target);
    session->SetHooks(before_statement_, [shared = on_commit_] {
      const std::scoped_lock lock(shared->mutex);
      if (shared->hook) shared->hook();
    });
    return session;
  }

  void OnCommit(std::function<void()> hook) {
    const std::scoped_lock lock(on_commit_->mutex);
    on_commit_->hook = std::move(hook);
  }

  void Start(int threads) {
    const auto open = [this] { return NewSession(); };
    writers_.emplace(open, location_.engine == Engine::kSqlite ? 1 : threads);
    if (location_.engine == Engine::kSqlite) readers_.emplace(open, kSqliteReaders);
  }

  bool Take(Access access, StoreThreads::Job job) {
    auto& threads = access == Access::kRead && readers_ ? readers_ : writers_;
    return threads->Take(std::move(job));
  }

  void Close() {
    writers_->Close();
    if (readers_) readers_->Close();
  }

 private:
  Location location_;
  std::optional<FileLock> lock_;
  BeforeStatement before_statement_;
  std::function<SysTime()> now_;
  std::shared_ptr<CommitHook> on_commit_ = std::make_shared<CommitHook>();  // its sessions may outlive the database
  std::shared_ptr<SqliteWriter> writer_ = std::make_shared<SqliteWriter>(1);
  std::optional<StoreThreads> writers_;
  std::optional<StoreThreads> readers_;  // SQLite alone: its one writer must not wait for them
};

Result<std::unique_ptr<Database>> Database::Open(DatabaseOptions options) {
  auto location = ParseUrl(options.url, options.allow_plaintext);
  if (!location) return location.error();
  const bool sqlite = location->engine == Engine::kSqlite;
  std::optional<FileLock> lock;
  if (sqlite) {
    // Its real name: one lock for all links to it, and the name that SQLite gives to its log.
    std::error_code ignored;
    const auto real = std::filesystem::weakly_canonical(location->target, ignored);
    if (!real.empty()) location->target = real.string();
    auto taken = FileLock::Take(location->target + ".lock");
    if (!taken) return taken.error();
    lock.emplace(std::move(*taken));
    if (auto made = CreateSqliteFile(location->target); !made) return made.error();
  }
  auto impl = std::make_unique<Impl>(std::move(*location), std::move(lock), options);
  try {
    impl->NewSession();  // so that a wrong path or password shows here
  } catch (const StoreError& error) {
    return Error{error.code(), error.what()};
  }
  impl->Start(options.threads);
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

void Database::OnCommit(std::function<void()> hook) {
  impl_->OnCommit(std::move(hook));
}

void Database::Close() {
  impl_->Close();
}

Task<Status> Database::RunErased(Access access, const std::function<Status(Transaction&)>& work) {
  auto initiate = [this, access, &work](auto handler) {
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
    const bool taken = impl_->Take(access, [this, complete, access, &work](Session* session, const Error* error) {
      complete(session == nullptr ? Status(*error) : RunAsTransaction(*session, access, impl_->now(), work));
    });
    if (!taken) complete(Error{ErrorCode::kCancelled, "the database is closed: the process is ending"});
  };
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Status)>(std::move(initiate),
                                                                                         boost::asio::use_awaitable);
}

}  // namespace cdiscount::store
