#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace cdiscount {

enum class FileKind {
  kAny,
  /// A regular file that only its owner can write, and only its owner and its group can read (Kubernetes mounts a
  /// Secret as root:<group of the pod>, mode 0440).
  kSecret,
  /// A kSecret of this user or of root.
  kOwnSecret,
};

struct FileRules {
  std::size_t limit = std::size_t{64} * 1024;  ///< Bytes.
  FileKind kind = FileKind::kAny;
};

/// The whole content of a file that a setting or a flag names; may be empty. Links are followed. Fails with
/// kInvalidArgument, and the message ("the file x is a folder; ...") says which it is: missing, a folder, not readable
/// for this user, another user's, too open, too large.
Result<std::string> ReadFile(const std::string& path, FileRules rules = {});

/// Makes a file of mode 0600 with this content, unless there is one. Written aside, flushed and linked into place: two
/// processes that start at once agree on one, and no crash leaves a part of it. Fails with kInvalidArgument; the
/// message holds the absolute path.
Status CreateFileIfMissing(const std::string& path, std::string_view content);

}  // namespace cdiscount
