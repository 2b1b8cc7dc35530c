#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/file_descriptor.hpp"
#include "core/result.hpp"
#include "core/task.hpp"
#include "store/session.hpp"
#include "store/sqlite_session.hpp"
#include "store/store_threads.hpp"
#include "store/url.hpp"

namespace cdiscount::settings {
class Table;
}

namespace cdiscount::store {

struct DatabaseOptions {
  /// "sqlite:///absolute/path", "sqlite://relative/path" or "postgresql://user:password@host:port/name".
  std::string url;
  /// Store threads for PostgreSQL; SQLite has one writer, and two threads for what only reads.
  int threads = 4;
  /// PostgreSQL on another machine without TLS that checks the server.
  bool allow_plaintext = false;
  /// For tests; see Session.
  BeforeStatement before_statement = {};
  /// For tests: what Transaction::Now gives. Empty = the database's own clock.
  std::function<SysTime()> now = {};

  /// database.url, database.threads, database.allow_plaintext.
  void Describe(settings::Table& table);
};

/// The URL without its password, for logs and error texts.
std::string PrintableUrl(std::string_view url);

/// A database with threads of its own. Thread-safe. On SQLite an OS lock on "<path>.lock" keeps a second process out.
class Database {
 public:
  /// Fails with kInvalidArgument (the URL, with what it should look like), kConflict (another process has the file) or
  /// kUnavailable (no connection).
  static Result<std::unique_ptr<Database>> Open(DatabaseOptions options);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Engine engine() const { return location_.engine; }

  /// Runs `work(Transaction&)` as one transaction on a store thread, and completes on the caller's executor. `work`
  /// gives a Result<T> (an error rolls back) or a plain value; StoreError and other exceptions become errors. It runs
  /// once: kUnavailable tells the caller that the same work may succeed later. `work` makes and awaits no Task, and
  /// what it refers to must live until the Task is done; cancelling the caller does not interrupt it.
  template <class Work>
  Task<detail::ResultOf<Work, Transaction&>> Run(Work work) {
    return RunAs(Access::kWrite, std::move(work));
  }

  /// The same for work that changes nothing: it sees one state of the database, that of its first statement, and a
  /// statement that would change something fails (kInternal). On SQLite it runs beside the one writer, on threads of
  /// its own; on PostgreSQL on the threads that Run uses too.
  template <class Work>
  Task<detail::ResultOf<Work, Transaction&>> Read(Work work) {
    return RunAs(Access::kRead, std::move(work));
  }

  /// Called after each commit of a transaction that asked for it (Transaction::NotifyOnCommit), on the thread that
  /// committed, whichever session it was. An empty one takes it back: it runs no more then.
  void OnCommit(std::function<void()> hook);

  /// A session of the caller's own, for a thread that is not a store thread (an event relay).
  std::unique_ptr<Session> NewSession();

  /// Waits until the work that was handed in is done, then ends the threads; further work fails with kCancelled. The
  /// destructor does the same. Executors that wait for work must outlive it.
  void Close();

 private:
  struct CommitHook {
    std::mutex mutex;
    std::function<void()> hook;
  };

  Database(Location location, FileDescriptor lock, DatabaseOptions& options);

  template <class Work>
  Task<detail::ResultOf<Work, Transaction&>> RunAs(Access access, Work work) {
    std::optional<detail::ResultOf<Work, Transaction&>> value;
    const std::function<Status(Transaction&)> erased = [&](Transaction& transaction) -> Status {
      value.emplace(detail::AsResultOf(work, transaction));
      if (value->has_error()) return value->error();
      return Ok();
    };
    auto status = co_await RunErased(access, erased);
    if (!status) co_return status.error();
    co_return std::move(*value);
  }

  Task<Status> RunErased(Access access, const std::function<Status(Transaction&)>& work);

  const Location location_;
  FileDescriptor lock_;
  const BeforeStatement before_statement_;
  const std::function<SysTime()> now_;
  std::shared_ptr<CommitHook> on_commit_ = std::make_shared<CommitHook>();  // its sessions may outlive the database
  std::shared_ptr<SqliteWriter> writer_ = std::make_shared<SqliteWriter>(1);
  std::optional<StoreThreads> writers_;
  std::optional<StoreThreads> readers_;  // SQLite alone: its one writer must not wait for them
};

}  // namespace cdiscount::store
