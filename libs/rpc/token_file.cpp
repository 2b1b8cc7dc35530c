#include "rpc/token_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "core/read_file.hpp"
#include "core/trimmed.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::rpc {
namespace {

constexpr std::size_t kLeastLength = 32;

/// The setting or flag may be relative; a message must tell where that is.
std::string Absolute(const std::string& path) {
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(path, failed).string();
  return failed ? path : absolute;
}

Result<Secret> Read(const std::string& path, FileKind kind) {
  const auto text = ReadFile(path, {.kind = kind});
  if (!text) return Error{ErrorCode::kInvalidArgument, "token: " + text.error().message};
  std::string token(Trimmed(*text, "\n"));
  if (token.size() < kLeastLength || token.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format("the file {} holds no token; remove it, the service makes a new one when it starts", path)};
  }
  return Secret(std::move(token));
}

}  // namespace

Result<Secret> MakeTokenFile(const std::string& path) {
  const auto absolute = Absolute(path);
  const auto made = CreateFileIfMissing(absolute, crypto::HexEncode(crypto::RandomBytes(32)) + "\n");
  if (!made) return made.error();
  return Read(absolute, FileKind::kOwnSecret);
}

Result<Secret> ReadTokenFile(const std::string& path) {
  return Read(Absolute(path), FileKind::kAny);
}

}  // namespace cdiscount::rpc
