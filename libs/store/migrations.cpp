#include "store/migrations.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace cdiscount::store {
namespace {

constexpr std::string_view kCreateTable = R"(
CREATE TABLE IF NOT EXISTS schema_migrations (
  component TEXT NOT NULL,
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (component, number)
))";
constexpr std::string_view kApplied =
    "SELECT number, name, checksum FROM schema_migrations WHERE component = :component ORDER BY number";
constexpr std::string_view kRecord =
    "INSERT INTO schema_migrations (component, number, name, checksum, applied_at) "
    "VALUES (:component, :number, :name, :checksum, {now})";

/// FNV-1a: shows that a file was edited; it does not have to resist anybody.
std::string Checksum(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

std::string FileName(int number, std::string_view name) {
  return fmt::format("{:04}_{}.sql", number, name);
}

/// The migrations in the database must be the first ones of those that this binary knows.
Status CheckApplied(const Rows& applied, std::span<const Migration> known, std::string_view component) {
  for (std::size_t i = 0; i < applied.size(); ++i) {
    const auto row = applied[i];
    if (i >= known.size()) {
      return Error{
          ErrorCode::kConflict,
          fmt::format("the database's schema \"{}\" is at {}, this program knows {} files: it is older than the "
                      "database; start the newer program, or restore the backup made before the upgrade",
                      component, row.Int("number"), known.size())};
    }
    if (row.Int("number") != known[i].number || row.Text("checksum") != Checksum(known[i].sql)) {
      return Error{ErrorCode::kConflict,
                   fmt::format("{} of schema \"{}\" was changed after it was applied to this database (as {}); put the "
                               "file back as it was and write the change as a new file",
                               FileName(known[i].number, known[i].name), component,
                               FileName(static_cast<int>(row.Int("number")), row.Text("name")))};
    }
  }
  return Ok();
}

Status CheckNumbers(std::span<const Migration> known, std::string_view component) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].number != static_cast<int>(i) + 1) {
      return Error{ErrorCode::kInternal, fmt::format("{} of schema \"{}\" should have the number {}",
                                                     FileName(known[i].number, known[i].name), component, i + 1)};
    }
  }
  return Ok();
}

void TakeLock(Session& session) {
  if (session.engine() == Engine::kSqlite) return;  // BEGIN IMMEDIATE is the lock
  session.ExecuteScript("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;");
  session.Query("SELECT pg_advisory_xact_lock(hashtext('cdiscount-connect schema_migrations'))");
}

}  // namespace

Status Migrate(Session& session, const MigrationSet& set) {
  const auto known = set.files;
  if (auto status = CheckNumbers(known, set.component); !status) return status;
  try {
    Transaction transaction(session);
    TakeLock(session);
    session.ExecuteScript(kCreateTable);
    const auto applied = session.Query(kApplied, {{"component", set.component}});
    if (auto status = CheckApplied(applied, known, set.component); !status) return status;
    for (const auto& migration : known.subspan(applied.size())) {
      session.ExecuteScript(migration.sql);
      session.Execute(kRecord, {{"component", set.component},
                                {"number", migration.number},
                                {"name", migration.name},
                                {"checksum", Checksum(migration.sql)}});
    }
    transaction.Commit();
    return Ok();
  } catch (const StoreError& error) {
    return Error{error.code(),
                 fmt::format("cannot bring the schema \"{}\" up to date: {}", set.component, error.what())};
  }
}

Status Migrate(Database& database, const MigrationSet& set) {
  try {
    return Migrate(*database.NewSession(), set);
  } catch (const StoreError& error) {
    return Error{error.code(), error.what()};
  }
}

}  // namespace cdiscount::store
