#include "store/database.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>

#include "store/file_lock.hpp"
#include "store/postgres_session.hpp"
#include "store/sqlite_file.hpp"

namespace cdiscount::store {
namespace {

constexpr int kSqliteReaders = 2;  // so that a long list delays no look-up

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

Result<std::unique_ptr<Database>> Database::Open(DatabaseOptions options) {
  auto location = ParseUrl(options.url, options.allow_plaintext);
  if (!location) return location.error();
  const bool sqlite = location->engine == Engine::kSqlite;
  FileDescriptor lock;
  if (sqlite) {
    // Its real name: one lock for all links to it, and the name that SQLite gives to its log.
    std::error_code ignored;
    const auto real = std::filesystem::weakly_canonical(location->target, ignored);
    if (!real.empty()) location->target = real.string();
    auto taken = LockFile(location->target + ".lock");
    if (!taken) return taken.error();
    lock = std::move(*taken);
    if (auto made = CreateSqliteFile(location->target); !made) return made.error();
  }
  std::unique_ptr<Database> database(new Database(std::move(*location), std::move(lock), options));
  try {
    database->NewSession();  // so that a wrong path or password shows here
  } catch (const StoreError& error) {
    return Error{error.code(), error.what()};
  }
  const auto open = [self = database.get()] { return self->NewSession(); };
  database->writers_.emplace(open, sqlite ? 1 : options.threads);
  if (sqlite) database->readers_.emplace(open, kSqliteReaders);
  return database;
}

Database::Database(Location location, FileDescriptor lock, DatabaseOptions& options)
    : location_(std::move(location)),
      lock_(std::move(lock)),
      before_statement_(std::move(options.before_statement)),
      now_(std::move(options.now)) {}

std::unique_ptr<Session> Database::NewSession() {
  auto session = engine() == Engine::kSqlite ? OpenSqlite(location_.target, writer_) : OpenPostgres(location_.target);
  session->SetHooks(before_statement_, [shared = on_commit_] {
    const std::scoped_lock lock(shared->mutex);
    if (shared->hook) shared->hook();
  });
  return session;
}

void Database::OnCommit(std::function<void()> hook) {
  const std::scoped_lock lock(on_commit_->mutex);
  on_commit_->hook = std::move(hook);
}

void Database::Close() {
  writers_->Close();
  if (readers_) readers_->Close();
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
    auto& threads = access == Access::kRead && readers_ ? readers_ : writers_;
    const bool taken = threads->Take([this, complete, access, &work](Session* session, const Error* error) {
      complete(session == nullptr ? Status(*error) : RunAsTransaction(*session, access, now_, work));
    });
    if (!taken) complete(Error{ErrorCode::kCancelled, "the database is closed: the process is ending"});
  };
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Status)>(std::move(initiate),
                                                                                         boost::asio::use_awaitable);
}

}  // namespace cdiscount::store
