#include "core/read_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include "core/file_descriptor.hpp"

namespace cdiscount {
namespace {

Error Wrong(const std::string& path, std::string_view what) {
  return Error{ErrorCode::kInvalidArgument, fmt::format("the file {} {}", path, what)};
}

constexpr const char* kRemedy = "; name one in a folder that exists and that this user can write";

std::string Reason(int code) {
  return std::generic_category().message(code);
}

/// The reason to refuse the file before it is read, if there is one.
std::optional<std::string> Breach(const struct stat& status, FileKind kind, const std::string& path) {
  if (S_ISDIR(status.st_mode)) return "is a folder; name a file in it";
  if (kind == FileKind::kAny) return std::nullopt;
  if (!S_ISREG(status.st_mode)) return "is no regular file; name one";
  if (kind == FileKind::kOwnSecret && status.st_uid != geteuid() && status.st_uid != 0) {
    return fmt::format("belongs to another user ({}); remove it or name another", status.st_uid);
  }
  if ((status.st_mode & 0137U) != 0) {
    return fmt::format("has mode {:04o}, which lets others at it; run: chmod 600 {}", status.st_mode & 07777U, path);
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> ReadFile(const std::string& path, FileRules rules) {
  const auto failed = [&](int code) {
    if (code == ENOENT) return Wrong(path, "does not exist; check the path");
    if (code == EACCES || code == EPERM) {
      return Wrong(path, "cannot be read by this user; check its owner and mode");
    }
    return Wrong(path, "cannot be read: " + Reason(code));
  };
  const int wait = rules.kind == FileKind::kAny ? 0 : O_NONBLOCK;  // a pipe in place of a secret would wait for ever
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | wait));
  if (!file) return failed(errno);
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return failed(errno);
  if (const auto breach = Breach(status, rules.kind, path)) return Wrong(path, *breach);
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto count = read(file.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(errno);
    if (count == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > rules.limit) {
      return Wrong(path, fmt::format("is larger than {} KiB; is it the right one?", rules.limit / 1024));
    }
  }
}

Status CreateFileIfMissing(const std::string& path, std::string_view content) {
  std::error_code ignored;
  const auto absolute = std::filesystem::absolute(path, ignored).string();
  if (access(path.c_str(), F_OK) == 0) return Ok();
  auto aside = path + ".XXXXXX";
  int code = 0;
  {
    const FileDescriptor file(mkostemp(aside.data(), O_CLOEXEC));  // mode 0600
    if (!file) return Wrong(absolute, "cannot be made: " + Reason(errno) + kRemedy);
    const auto written = write(file.get(), content.data(), content.size());
    if (written < 0 || fsync(file.get()) != 0) {
      code = errno;
    } else if (static_cast<std::size_t>(written) != content.size()) {
      code = ENOSPC;
    }
  }
  if (code == 0 && link(aside.c_str(), path.c_str()) != 0 && errno != EEXIST) code = errno;
  unlink(aside.c_str());
  return code == 0 ? Ok() : Status(Wrong(absolute, "cannot be made: " + Reason(code) + kRemedy));
}

}  // namespace cdiscount
