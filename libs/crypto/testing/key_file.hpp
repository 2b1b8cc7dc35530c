#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

#include "crypto/sealed_box.hpp"

namespace cdiscount::fakes {

/// A key file of a test's own, gone with it.
class KeyFile {
 public:
  KeyFile() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() /
            ("cdiscount_test_key_" + std::to_string(::getpid()) + "_" + std::to_string(++count));
    std::filesystem::remove(path_);
    crypto::CreateKeyFileIfMissing(path_.string()).value();
  }
  ~KeyFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace cdiscount::fakes
