#include "store/postgres_session.hpp"

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <unordered_map>
#include <utility>

#include "core/trimmed.hpp"
#include "store/database.hpp"
#include "store/postgres_errors.hpp"
#include "store/postgres_url.hpp"
#include "store/postgres_values.hpp"

namespace cdiscount::store {
namespace {

constexpr std::size_t kMostStatements = 256;
constexpr std::string_view kRefused =
    ". The server is there and refuses this user: check user, password and database name in the URL";

/// Settings that every session relies on. A commit that was answered must be on disk, whatever the server's default is.
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

struct Statement {
  StatementText text;
  std::string name;
  std::shared_ptr<const Columns> columns = nullptr;  // known with the first answer
};

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

  SysTime Now() override { return Query("SELECT {now}").front().Time(0); }

 private:
  /// Inside a transaction a broken connection stays broken: what was done before is lost.
  void Ready() override {
    if (!broken_) return;
    if (in_transaction()) throw StoreError(ErrorCode::kUnavailable, "the connection was lost in this transaction");
    Connect();
  }

  Rows DoQuery(std::string_view sql, std::span<const Bind> binds) override {
    auto& statement = Prepared(sql);
    const auto result = Run(statement, sql, binds);
    if (PQntuples(result.get()) == 0) return {};
    if (statement.columns == nullptr) statement.columns = ColumnsOf(result.get());
    return Rows(ReadTable(result.get(), statement.columns, sql));
  }

  std::int64_t DoExecute(std::string_view sql, std::span<const Bind> binds) override {
    const auto result = Run(Prepared(sql), sql, binds);
    const std::string_view text = PQcmdTuples(result.get());
    std::int64_t touched = 0;
    std::from_chars(text.data(), text.data() + text.size(), touched);
    return touched;
  }

  void DoScript(const std::string& sql) override { Simple(sql.c_str()); }

  void DoBegin(Access access) override {
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
  }

  void DoCommit() override {
    const auto result = Simple("COMMIT");
    // COMMIT of a transaction that had failed succeeds, and says what it really did.
    if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
      throw StoreError(ErrorCode::kInternal, "an earlier statement of this transaction failed; it was rolled back");
    }
  }

  void DoRollback() noexcept override {
    if (broken_) return;
    const ResultHandle result(PQexec(connection_.get(), "ROLLBACK"));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) broken_ = true;
  }

  void Connect() {
    statements_.clear();
    // The URL's own parameters come last and win.
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

  ResultHandle Checked(PGresult* raw, std::string_view sql) {
    ResultHandle result(raw);
    const auto status = PQresultStatus(raw);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
    const char* field = PQresultErrorField(raw, PG_DIAG_SQLSTATE);
    const std::string state = field == nullptr ? "" : field;
    if (state == "25006" && in_transaction() && reads_only()) {
      throw StoreError(ErrorCode::kInternal,
                       "a transaction that only reads was asked to change something: " + std::string(sql));
    }
    if (PQstatus(connection_.get()) != CONNECTION_OK || NeedsNewConnection(state)) broken_ = true;
    const char* primary = PQresultErrorField(raw, PG_DIAG_MESSAGE_PRIMARY);
    const auto reason = primary == nullptr ? Reason() : std::string(primary);
    // The detail is left out: it quotes values of the row.
    throw StoreError(CodeOfState(state),
                     "PostgreSQL: " + reason + (state.empty() ? "" : " (" + state + ")") + " in: " + std::string(sql));
  }

  ResultHandle Simple(const char* sql) { return Checked(PQexec(connection_.get(), sql), sql); }

  std::string Reason() const { return parts_.Scrub(std::string(Trimmed(PQerrorMessage(connection_.get())))); }

  /// The server asked who we are, and did not let us in.
  bool Refused() const {
    return PQconnectionUsedPassword(connection_.get()) != 0 || PQconnectionNeedsPassword(connection_.get()) != 0;
  }

  Statement& Prepared(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return known->second;
    if (statements_.size() >= kMostStatements) {
      Simple("DEALLOCATE ALL");
      statements_.clear();
    }
    StatementText text(sql, Engine::kPostgres);
    auto name = "s" + std::to_string(next_statement_++);
    // Types are left to the server, which takes them from where each placeholder stands.
    Checked(PQprepare(connection_.get(), name.c_str(), text.sql().c_str(), 0, nullptr), sql);
    return statements_.try_emplace(std::string(sql), std::move(text), std::move(name)).first->second;
  }

  ResultHandle Run(const Statement& statement, std::string_view sql, std::span<const Bind> binds) {
    parameters_.Clear();
    statement.text.ForEach(binds, [&](std::size_t index, const Value& value) { parameters_.Set(index, value, sql); });
    parameters_.Finish();
    return Checked(PQexecPrepared(connection_.get(), statement.name.c_str(), static_cast<int>(binds.size()),
                                  parameters_.values(), parameters_.lengths(), parameters_.formats(), kBinary),
                   sql);
  }

  std::string url_;
  PostgresUrl parts_;
  ConnectionHandle connection_;
  std::unordered_map<std::string, Statement, StatementHash, std::equal_to<>> statements_;
  std::uint64_t next_statement_ = 0;
  Parameters parameters_;
  bool broken_ = false;
};

}  // namespace

std::unique_ptr<Session> OpenPostgres(const std::string& url) {
  return std::make_unique<PostgresSession>(url);
}

}  // namespace cdiscount::store
