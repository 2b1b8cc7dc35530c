#include "settings/table.hpp"
#include "store/database.hpp"

namespace cdiscount::store {

void DatabaseOptions::Describe(settings::Table& table) {
  table.SecretText("database.url", url,
                   "Where data is kept: sqlite:///absolute/path, sqlite://relative/path or "
                   "postgresql://user:password@host:port/name.");
  table.Integer("database.threads", threads, {1, 64}, "threads", "Connections to PostgreSQL; SQLite has one writer.");
  table.Flag("database.allow_plaintext", allow_plaintext,
             "Lets passwords and orders go to PostgreSQL on another machine unencrypted, or to a server that may be "
             "another one; without it the URL needs sslmode=verify-full or verify-ca.");
}

}  // namespace cdiscount::store
