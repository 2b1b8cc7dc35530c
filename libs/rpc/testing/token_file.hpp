#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

namespace cdiscount::fakes {

/// The path of a server's token file for a test: made by the server, gone with this object.
class TokenFile {
 public:
  TokenFile() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() / fmt::format("cdiscount_test_token_{}_{}", getpid(), ++count);
    std::filesystem::remove(path_);
  }
  ~TokenFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TokenFile(const TokenFile&) = delete;
  TokenFile& operator=(const TokenFile&) = delete;

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace cdiscount::fakes
