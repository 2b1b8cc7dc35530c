#pragma once

#include <string>

#include "core/result.hpp"

namespace cdiscount::store {

/// An OS lock on a file, held until destruction or the death of the process, whichever comes first.
class FileLock {
 public:
  /// Creates the file when it is missing. Fails with kConflict when another process holds the lock (its id is named),
  /// with kInvalidArgument when the file cannot be made.
  static Result<FileLock> Take(const std::string& path);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace cdiscount::store
