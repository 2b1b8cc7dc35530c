#include "store/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace cdiscount::store {
namespace {

/// The process id that the holder left in the file; empty when it left none. Only for the message.
std::string HolderIn(int descriptor) {
  std::array<char, 32> text{};
  const auto size = ::pread(descriptor, text.data(), text.size() - 1, 0);
  if (size <= 0) return {};
  std::string holder(text.data(), static_cast<std::size_t>(size));
  return holder.substr(0, holder.find_first_not_of("0123456789"));
}

}  // namespace

Result<FileDescriptor> LockFile(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) {
    return Error{ErrorCode::kInvalidArgument, "cannot write " + path + ": " + std::strerror(errno) +
                                                  "; the folder must exist and belong to the user of this process"};
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    const auto holder = HolderIn(file.get());
    return Error{ErrorCode::kConflict, path + " is locked by another process" +
                                           (holder.empty() ? std::string() : " (" + holder + ")") +
                                           "; one process at a time may use this database: end the other one, or give "
                                           "this one a database of its own"};
  }
  const auto mine = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), mine.data(), mine.size(), 0) < 0) {
    return Error{ErrorCode::kUnavailable, "cannot write " + path + ": " + std::strerror(errno)};
  }
  return file;
}

}  // namespace cdiscount::store
