#include "rpc/token_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::rpc {
namespace {

constexpr std::size_t kLeastLength = 32;

class File {
 public:
  explicit File(int opened) : value_(opened) {}
  ~File() {
    if (value_ >= 0) close(value_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

Error Wrong(const std::string& path, const std::string& what) {
  return Error{ErrorCode::kInvalidArgument, fmt::format("token file {}: {}", path, what)};
}

Error Wrong(const std::string& path, int code) {
  return Wrong(path, std::error_code(code, std::generic_category()).message());
}

Result<Secret> ReadOpened(const std::string& path, int file) {
  std::array<char, 256> bytes{};
  const auto count = read(file, bytes.data(), bytes.size());
  if (count < 0) return Wrong(path, errno);
  std::string token(bytes.data(), static_cast<std::size_t>(count));
  while (token.ends_with('\n')) token.pop_back();
  if (token.size() < kLeastLength || token.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return Wrong(path, "holds no token; remove it, the service makes a new one when it starts");
  }
  return Secret(std::move(token));
}

Result<Secret> Read(const std::string& path, bool own) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return Wrong(path, errno);
  struct stat found{};
  if (fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode)) return Wrong(path, "is no regular file");
  if (own && found.st_uid != geteuid() && found.st_uid != 0) {
    return Wrong(path, "belongs to another user, who could call as an operator; remove it or name another");
  }
  if (own && (found.st_mode & 027) != 0) {
    return Wrong(path, fmt::format("mode {:04o} lets others in; run: chmod 600 {}", found.st_mode & 07777, path));
  }
  return ReadOpened(path, file.get());
}

/// Written aside and linked into place: none reads half a token.
Status Make(const std::string& path) {
  const auto aside = fmt::format("{}.{}", path, crypto::HexEncode(crypto::RandomBytes(8)));
  {
    const File file(open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0) return Wrong(path, errno);
    const auto line = crypto::HexEncode(crypto::RandomBytes(32)) + "\n";
    if (write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      const int code = errno;
      unlink(aside.c_str());
      return Wrong(path, code);
    }
  }
  const int linked = link(aside.c_str(), path.c_str());
  const int code = errno;
  unlink(aside.c_str());
  if (linked != 0 && code != EEXIST) return Wrong(path, code);
  return Ok();
}

}  // namespace

Result<Secret> MakeTokenFile(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    if (const auto made = Make(path); !made) return made.error();
  }
  return Read(path, true);
}

Result<Secret> ReadTokenFile(const std::string& path) {
  return Read(path, false);
}

}  // namespace cdiscount::rpc
