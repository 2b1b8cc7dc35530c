#pragma once

#include <span>
#include <string_view>

#include "core/result.hpp"
#include "store/database.hpp"
#include "store/session.hpp"

namespace cdiscount::store {

/// One numbered SQL file, as cdiscount_embed_migrations() puts it into the binary.
struct Migration {
  int number;             ///< From the file's name, "0001_orders.sql": from 1, without gaps.
  std::string_view name;  ///< "orders".
  std::string_view sql;   ///< With the tokens of dialect.hpp.
};

/// The schema of one component, which grows by numbered files and is never edited.
struct MigrationSet {
  std::string_view component;  ///< "outbox", "order_ingest": components of one database are counted apart.
  std::span<const Migration> files;
};

/// Brings the component's schema to what this binary knows, in one transaction under a lock: several processes may
/// start at once. Doing it again changes nothing.
/// Fails with kConflict when the database is newer than the binary or an applied file was edited since, with
/// kUnavailable when the database cannot be reached, with kInternal when a file is wrong.
Status Migrate(Session& session, const MigrationSet& set);

/// The same on a session of its own. Blocks: for the start of a process.
Status Migrate(Database& database, const MigrationSet& set);

}  // namespace cdiscount::store
