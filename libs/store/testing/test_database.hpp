#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "store/postgres_session.hpp"
#include "store/session.hpp"

namespace cdiscount::fakes {

/// PostgreSQL when POSTGRES_URL names a server (tests/support/stack.py run --postgres), else SQLite: so one conformance
/// suite is a unit test on the one and an integration test on the other.
inline store::Engine EngineUnderTest() {
  return std::getenv("POSTGRES_URL") != nullptr ? store::Engine::kPostgres : store::Engine::kSqlite;
}

/// An empty database of a test's own, gone with it: a file in a folder of its own, or a database on the server at
/// POSTGRES_URL (whose user may create databases).
class TestDatabase {
 public:
  explicit TestDatabase(store::Engine engine = EngineUnderTest()) : engine_(engine) {
    static std::atomic<int> count{0};
    name_ = "cdiscount_test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    if (engine_ == store::Engine::kSqlite) {
      directory_ = std::filesystem::temp_directory_path() / name_;
      std::filesystem::remove_all(directory_);
      std::filesystem::create_directories(directory_);
      url_ = "sqlite://" + (directory_ / "test.db").string();
    } else {
      store::OpenPostgres(ServerUrl())->ExecuteScript("CREATE DATABASE " + name_);
      url_ = ServerUrl().substr(0, ServerUrl().rfind('/') + 1) + name_;
    }
  }
  ~TestDatabase() {
    try {
      if (engine_ == store::Engine::kSqlite) {
        std::filesystem::remove_all(directory_);
      } else {
        store::OpenPostgres(ServerUrl())->ExecuteScript("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
      }
    } catch (const std::exception& gone) {  // a server that is gone took the database with it
      std::fprintf(stderr, "%s was not removed: %s\n", name_.c_str(), gone.what());
    }
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& url() const { return url_; }
  store::Engine engine() const { return engine_; }
  /// Of a SQLite database.
  const std::filesystem::path& directory() const { return directory_; }

  /// Cuts every connection to this database, as only a server can. PostgreSQL only.
  void CutConnections() {
    store::OpenPostgres(ServerUrl())
        ->Query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :name",
                {{"name", name_}});
  }

 private:
  static std::string ServerUrl() {
    const char* url = std::getenv("POSTGRES_URL");
    if (url == nullptr) throw std::runtime_error("POSTGRES_URL is not set: run this test under tests/support/stack.py");
    return url;
  }

  store::Engine engine_;
  std::string name_;
  std::string url_;
  std::filesystem::path directory_;
};

}  // namespace cdiscount::fakes
