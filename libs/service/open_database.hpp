#pragma once

#include <functional>
#include <initializer_list>
#include <memory>

#include "service/host.hpp"
#include "store/database.hpp"
#include "store/migrations.hpp"

namespace cdiscount::service {

using MigrationSets = std::initializer_list<std::reference_wrapper<const store::MigrationSet>>;

/// Opens the database and brings its schema up to date. One that is away is waited for: only wrong settings stop a
/// start. Throws BadResult for every other error, and when the process is told to stop meanwhile.
std::unique_ptr<store::Database> OpenDatabase(Host& host, const store::DatabaseOptions& options, MigrationSets schemas);

}  // namespace cdiscount::service
