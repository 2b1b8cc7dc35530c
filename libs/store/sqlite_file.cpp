#include "store/sqlite_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace cdiscount::store {

Status CreateSqliteFile(const std::string& path) {
  const auto log = path + "-wal";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored) && std::filesystem::exists(log, ignored)) {
    return Error{ErrorCode::kInvalidArgument,
                 "the database file " + path + " is missing, but its log " + log +
                     " is there and may hold the last writes: bring the file back, or move the log away to begin anew"};
  }
  // O_EXCL: the file is opened here only when it is new. Closing a file drops every POSIX lock that the process has on
  // it, SQLite's too; another process would then take itself for the last user and delete the log.
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
  } else if (errno != EEXIST) {
    return Error{ErrorCode::kUnavailable, "cannot make the database file " + path + ": " + std::strerror(errno) +
                                              "; its folder must exist and be writable"};
  }
  return Ok();
}

}  // namespace cdiscount::store
