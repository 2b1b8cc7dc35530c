#include "service/open_database.hpp"

#include <boost/asio/io_context.hpp>
#include <utility>

#include "core/retry.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::service {
namespace {

Result<std::unique_ptr<store::Database>> TryToOpen(const store::DatabaseOptions& options, MigrationSets schemas) {
  auto database = store::Database::Open(options);
  if (!database) return database;
  for (const store::MigrationSet& schema : schemas) {
    if (const auto migrated = store::Migrate(**database, schema); !migrated) return migrated.error();
  }
  return database;
}

}  // namespace

std::unique_ptr<store::Database> OpenDatabase(Host& host, const store::DatabaseOptions& options,
                                              MigrationSets schemas) {
  Backoff backoff{std::chrono::milliseconds{250}, std::chrono::seconds{10}};
  log::Limited away;
  while (true) {
    auto database = TryToOpen(options, schemas);
    if (database) return std::move(*database);
    if (database.error().code != ErrorCode::kUnavailable) throw BadResult(database.error());
    away.Warn("database_away", {{"url", store::PrintableUrl(options.url)}, {"error", database.error().message}});
    host.io().restart();
    host.io().run_for(backoff.Next());  // signals are heard meanwhile
    if (host.stopping()) {
      throw BadResult({.code = ErrorCode::kCancelled, .message = "stopped while the database was away"});
    }
  }
}

}  // namespace cdiscount::service
