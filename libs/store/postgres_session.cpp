#include "store/postgres_session.hpp"

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <unordered_map>
#include <utility>

#include "store/database.hpp"
#include "store/placeholders.hpp"
#include "store/postgres_url.hpp"

namespace cdiscount::store {
namespace {

constexpr std::size_t kMostStatements = 256;
constexpr std::string_view kRefused =
    ". The server is there and refuses this user: check user, password and database name in the URL";
constexpr unsigned int kBoolType = 16;  // pg_type.oid of boolean

/// What every session of ours relies on. A commit that was answered must be on disk, whatever the server's default is.
constexpr const char* kSessionSettings =
    "SET lock_timeout = '10s'; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; "
    "SET client_min_messages = warning; SET TIME ZONE 'UTC'; "
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') IN ('off', 'local')";

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ConnectionHandle = std::unique_ptr<PGconn, CloseConnection>;
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

/// What a SQLSTATE means to the caller. Empty: the connection broke before the server could answer.
ErrorCode CodeOf(std::string_view state) {
  if (state == "23505") return ErrorCode::kAlreadyExists;
  // Data exceptions (no such character, out of range, too long), NOT NULL, CHECK, and more than an index or a row
  // takes.
  if (state.starts_with("22") || state == "23502" || state == "23514" || state.starts_with("54")) {
    return ErrorCode::kInvalidArgument;
  }
  constexpr std::array<std::string_view, 10> kTransient = {
      "08",      // connection exceptions
      "40",      // serialisation failure, deadlock
      "53",      // out of disk, memory, connections
      "55P03",   // lock not available in time
      "57",      // cancelled by a time limit, shutting down, starting up
      "58",      // I/O errors of the server
      "25006",   // read-only: a standby that has not taken over yet
      "25P03",   // idle in transaction for too long
      "26000",   // prepared statements went with a reset connection
      "0A000"};  // a cached plan that a migration outdated
  if (state.empty()) return ErrorCode::kUnavailable;
  for (const auto prefix : kTransient) {
    if (state.starts_with(prefix)) return ErrorCode::kUnavailable;
  }
  return ErrorCode::kInternal;
}

/// States after which only a new connection helps: another server may answer it.
bool NeedsNewConnection(std::string_view state) {
  return state.empty() || state.starts_with("08") || state.starts_with("57P") || state == "25006" || state == "25P03" ||
         state == "26000" || state == "0A000";
}

std::string Trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

class PostgresSession final : public Session {
 public:
  explicit PostgresSession(std::string url)
      : url_(std::move(url)), parts_(ReadPostgresUrl(url_).value_or(PostgresUrl{})) {
    Connect();
  }
  ~PostgresSession() override { Rollback(); }
  PostgresSession(const PostgresSession&) = delete;
  PostgresSession& operator=(const PostgresSession&) = delete;

  Engine engine() const override { return Engine::kPostgres; }

  Rows Query(std::string_view sql, const std::vector<Param>& params) override {
    const auto result = Run(sql, params);
    Rows rows;
    const int count = PQntuples(result.get());
    rows.reserve(static_cast<std::size_t>(count));
    for (int row = 0; row < count; ++row) rows.push_back(RowOf(result.get(), row));
    return rows;
  }

  std::int64_t Execute(std::string_view sql, const std::vector<Param>& params) override {
    const auto result = Run(sql, params);
    const std::string_view text = PQcmdTuples(result.get());
    std::int64_t touched = 0;
    std::from_chars(text.data(), text.data() + text.size(), touched);
    return touched;
  }

  void ExecuteScript(std::string_view sql) override {
    Ready();
    NotingFailure([&] { Simple(std::string(sql).c_str()); });
  }

  SysTime Now() override {
    return Query("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", {}).front().Time(0);
  }

  void Begin(Access access) override {
    if (in_transaction_) throw StoreError(ErrorCode::kInternal, "a transaction is open already on this session");
    const auto* begin = access == Access::kRead ? "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" : "BEGIN";
    try {
      Ready();
      Simple(begin);
    } catch (const StoreError&) {
      // The server may have been restarted since the last transaction; nothing of this one has happened yet.
      if (!broken_) throw;
      Ready();
      Simple(begin);
    }
    in_transaction_ = true;
    reads_only_ = access == Access::kRead;
    failed_ = false;
  }

  void Commit() override {
    if (!in_transaction_) throw StoreError(ErrorCode::kInternal, "no transaction is open on this session");
    Ready();
    const auto result = Simple("COMMIT");
    in_transaction_ = false;
    // COMMIT of a transaction that had failed succeeds, and says what it really did.
    if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
      throw StoreError(ErrorCode::kInternal, "an earlier statement of this transaction failed; it was rolled back");
    }
  }

  void Rollback() noexcept override {
    if (!in_transaction_) return;
    in_transaction_ = false;
    if (broken_) return;
    const ResultHandle result(PQexec(connection_.get(), "ROLLBACK"));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) broken_ = true;
  }

  void SetSavepoint() override { ExecuteScript("SAVEPOINT piece"); }
  void ReleaseSavepoint() override { ExecuteScript("RELEASE SAVEPOINT piece"); }
  void RollbackToSavepoint() override {
    Connected();
    Simple("ROLLBACK TO SAVEPOINT piece");
    failed_ = false;
  }

 private:
  void Connect() {
    statements_.clear();
    // What stands in the URL comes last and wins.
    const std::array<const char*, 9> names = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                              "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                                              "client_encoding",  "dbname",           nullptr};
    const std::array<const char*, 9> values = {"5",    "10",         "5",    "3", "15000", "cdiscount-connect",
                                               "UTF8", url_.c_str(), nullptr};
    connection_.reset(PQconnectdbParams(names.data(), values.data(), 1));
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      broken_ = true;
      throw StoreError(ErrorCode::kUnavailable, "cannot connect to " + PrintableUrl(url_) + ": " + Reason() +
                                                    std::string(Refused() ? kRefused : ""));
    }
    broken_ = false;
    Simple(kSessionSettings);
  }

  /// A connection that can be used, and a transaction in which nothing failed (a refusal of our own, which the server
  /// does not know, counts too).
  void Ready() {
    Connected();
    if (in_transaction_ && failed_) {
      throw StoreError(ErrorCode::kInternal, "an earlier statement of this transaction failed; roll it back");
    }
  }

  /// Inside a transaction a broken connection stays broken: what was done before is lost.
  void Connected() {
    if (!broken_) return;
    if (in_transaction_) throw StoreError(ErrorCode::kUnavailable, "the connection was lost in this transaction");
    Connect();
  }

  ResultHandle Checked(PGresult* raw, std::string_view sql) {
    ResultHandle result(raw);
    const auto status = PQresultStatus(raw);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
    const char* field = PQresultErrorField(raw, PG_DIAG_SQLSTATE);
    const std::string state = field == nullptr ? "" : field;
    if (state == "25006" && in_transaction_ && reads_only_) {
      throw StoreError(ErrorCode::kInternal,
                       "a transaction that only reads was asked to change something: " + std::string(sql));
    }
    if (PQstatus(connection_.get()) != CONNECTION_OK || NeedsNewConnection(state)) broken_ = true;
    const char* primary = PQresultErrorField(raw, PG_DIAG_MESSAGE_PRIMARY);
    const auto reason = primary == nullptr ? Reason() : std::string(primary);
    // The detail is left out: it quotes values of the row.
    throw StoreError(CodeOf(state),
                     "PostgreSQL: " + reason + (state.empty() ? "" : " (" + state + ")") + " in: " + std::string(sql));
  }

  ResultHandle Simple(const char* sql) { return Checked(PQexec(connection_.get(), sql), sql); }

  std::string Reason() const { return parts_.Scrub(Trimmed(PQerrorMessage(connection_.get()))); }

  /// The server asked who we are, and did not let us in.
  bool Refused() const {
    return PQconnectionUsedPassword(connection_.get()) != 0 || PQconnectionNeedsPassword(connection_.get()) != 0;
  }

  struct Statement {
    std::string name;
    std::size_t placeholders;
  };

  const Statement& Prepared(std::string_view sql) {
    if (const auto known = statements_.find(std::string(sql)); known != statements_.end()) return known->second;
    if (statements_.size() >= kMostStatements) {
      Simple("DEALLOCATE ALL");
      statements_.clear();
    }
    const auto text = TranslatePlaceholders(sql, PlaceholderStyle::kDollarNumber);
    Statement statement{"s" + std::to_string(next_statement_++), text.names.size()};
    // Types are left to the server, which takes them from where each placeholder stands.
    Checked(PQprepare(connection_.get(), statement.name.c_str(), text.sql.c_str(), 0, nullptr), sql);
    return statements_.emplace(std::string(sql), std::move(statement)).first->second;
  }

  ResultHandle Run(std::string_view sql, const std::vector<Param>& params) {
    Ready();
    return NotingFailure([&] { return RunPrepared(sql, params); });
  }

  template <class Statement>
  std::invoke_result_t<Statement&> NotingFailure(Statement statement) {
    try {
      return statement();
    } catch (...) {
      failed_ = true;
      throw;
    }
  }

  ResultHandle RunPrepared(std::string_view sql, const std::vector<Param>& params) {
    const auto& statement = Prepared(sql);
    if (statement.placeholders != params.size()) {
      throw StoreError(ErrorCode::kInternal, std::to_string(statement.placeholders) + " placeholders, but " +
                                                 std::to_string(params.size()) + " values, for: " + std::string(sql));
    }
    std::vector<std::string> numbers(params.size());
    std::vector<const char*> values(params.size(), nullptr);
    for (std::size_t i = 0; i < params.size(); ++i) {
      const auto& value = params[i].value();
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        numbers[i] = std::to_string(*number);
        values[i] = numbers[i].c_str();
      } else if (const auto* text = std::get_if<std::string>(&value)) {
        RefuseNul(*text, sql);
        values[i] = text->c_str();
      }
    }
    return Checked(PQexecPrepared(connection_.get(), statement.name.c_str(), static_cast<int>(params.size()),
                                  values.data(), nullptr, nullptr, 0),
                   sql);
  }

  static Row RowOf(PGresult* result, int row) {
    std::vector<std::optional<std::string>> cells;
    const int columns = PQnfields(result);
    cells.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        cells.emplace_back();
        continue;
      }
      const std::string_view text(PQgetvalue(result, row, column),
                                  static_cast<std::size_t>(PQgetlength(result, row, column)));
      // As on SQLite, which has no type for it.
      if (PQftype(result, column) == kBoolType) {
        cells.emplace_back(text == "t" ? "1" : "0");
      } else {
        cells.emplace_back(text);
      }
    }
    return Row(std::move(cells));
  }

  std::string url_;
  PostgresUrl parts_;
  ConnectionHandle connection_;
  std::unordered_map<std::string, Statement> statements_;
  std::uint64_t next_statement_ = 0;
  bool in_transaction_ = false;
  bool reads_only_ = false;
  bool failed_ = false;  // a statement; it counts in a transaction only
  bool broken_ = false;
};

}  // namespace

std::unique_ptr<Session> OpenPostgres(const std::string& url) {
  return std::make_unique<PostgresSession>(url);
}

}  // namespace cdiscount::store
