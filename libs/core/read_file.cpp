#include "core/read_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace cdiscount {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int opened) : opened_(opened) {}
  ~Descriptor() {
    if (opened_ >= 0) close(opened_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return opened_; }

 private:
  int opened_;
};

}  // namespace

Result<std::string> ReadFile(const std::string& path, FileRules rules) {
  const auto wrong = [&](const std::string& what) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("the file {} {}", path, what)};
  };
  const auto failed = [&](int code) {
    if (code == ENOENT) return wrong("does not exist; check the path");
    if (code == EACCES || code == EPERM) return wrong("cannot be read by this user; check its owner and mode");
    return wrong("cannot be read: " + std::generic_category().message(code));
  };
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed(errno);
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return failed(errno);
  if (S_ISDIR(status.st_mode)) return wrong("is a folder; name a file in it");
  if ((status.st_mode & rules.refused_mode) != 0) {
    return wrong(
        fmt::format("has mode {:04o}, which lets others at it; run: chmod 600 {}", status.st_mode & 07777U, path));
  }
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto count = read(file.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(errno);
    if (count == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > rules.limit) {
      return wrong(fmt::format("is larger than {} KiB; is it the right one?", rules.limit / 1024));
    }
  }
}

}  // namespace cdiscount
