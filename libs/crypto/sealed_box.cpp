#include "crypto/sealed_box.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "core/read_file.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::crypto {
namespace {

constexpr std::size_t kKeyBytes = 32, kNonceBytes = 12, kTagBytes = 16, kKeyIdLimit = 32;
constexpr std::string_view kVersion = "1";
constexpr std::string_view kKeyIdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

void Require(bool succeeded) {
  if (!succeeded) throw std::runtime_error("OpenSSL refuses an AES-256-GCM operation");
}

Error KeyFileError(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

std::optional<std::string> ReadKey(const std::string& text) {
  auto bytes = text.size() == 2 * kKeyBytes ? HexDecode(text) : Base64Decode(text);
  if (!bytes || bytes->size() != kKeyBytes) return std::nullopt;
  return bytes;
}

struct Sealed {
  std::string_view key_id;
  std::string nonce, ciphertext, tag;
};

std::optional<std::array<std::string_view, 5>> Split(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (std::size_t index = 0; index < 4; ++index) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    parts[index] = text.substr(0, dot);
    text.remove_prefix(dot + 1);
  }
  parts[4] = text;
  if (parts[0] != kVersion) return std::nullopt;
  return parts;
}

std::optional<Sealed> Parse(std::string_view text) {
  const auto parts = Split(text);
  if (!parts) return std::nullopt;
  auto nonce = Base64Decode((*parts)[2]), ciphertext = Base64Decode((*parts)[3]), tag = Base64Decode((*parts)[4]);
  if (!nonce || !ciphertext || !tag || nonce->size() != kNonceBytes || tag->size() != kTagBytes) return std::nullopt;
  return Sealed{(*parts)[1], *std::move(nonce), *std::move(ciphertext), *std::move(tag)};
}

}  // namespace

Result<SealedBox> SealedBox::Load(const std::string& key_file) {
  auto text = ReadFile(key_file, {.kind = FileKind::kSecret});
  if (!text) return text.error();

  std::vector<Key> keys;
  std::istringstream lines(*text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    line.resize(std::min(line.find('#'), line.size()));
    std::istringstream words(line);
    std::string id, encoded, more;
    if (!(words >> id)) continue;
    const auto wrong = [&](std::string_view what) {
      return KeyFileError(fmt::format("key file {}, line {}: {}", key_file, number, what));
    };
    if (id.size() > kKeyIdLimit || id.find_first_not_of(kKeyIdCharacters) != std::string::npos) {
      return wrong("the key id must be 1 to 32 of A-Z a-z 0-9 _ -; the form of a line is \"<key id> <key>\"");
    }
    auto bytes = (words >> encoded) && !(words >> more) ? ReadKey(encoded) : std::nullopt;
    if (!bytes) {
      return wrong("the key must be 32 bytes in base64 or hex; make one with: openssl rand -base64 32");
    }
    for (const auto& known : keys) {
      if (known.id == id) return wrong("the key id " + id + " stands in the file twice; give the new key a new id");
      if (known.bytes.Reveal() == *bytes) return wrong("this key stands in the file already, as " + known.id);
    }
    keys.push_back({id, Secret(*std::move(bytes))});
  }
  if (keys.empty()) {
    return KeyFileError(fmt::format(
        "key file {} holds no key; write a line \"<key id> <key>\", the key from: openssl rand -base64 32", key_file));
  }
  return SealedBox(std::move(keys));
}

std::string SealedBox::Seal(std::string_view plain, std::string_view row) const {
  const auto& key = keys_.front();
  const auto nonce = RandomBytes(kNonceBytes);
  std::string ciphertext(plain.size(), '\0'), tag(kTagBytes, '\0');
  const Context context(EVP_CIPHER_CTX_new());
  int length = 0;
  Require(context &&
          EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key.bytes.Reveal()), Bytes(nonce)) == 1);
  Require(EVP_EncryptUpdate(context.get(), nullptr, &length, Bytes(row), static_cast<int>(row.size())) == 1);
  // OpenSSL takes an update without bytes for the end of it.
  if (!plain.empty()) {
    Require(EVP_EncryptUpdate(context.get(), Bytes(ciphertext), &length, Bytes(plain),
                              static_cast<int>(plain.size())) == 1);
  }
  Require(EVP_EncryptFinal_ex(context.get(), Bytes(tag), &length) == 1);
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1);
  return fmt::format("{}.{}.{}.{}.{}", kVersion, key.id, Base64Encode(nonce), Base64Encode(ciphertext),
                     Base64Encode(tag));
}

Result<std::string> SealedBox::Open(std::string_view sealed, std::string_view row) const {
  const auto unreadable = [&](std::string_view why) {
    return Error{ErrorCode::kUnreadable, fmt::format("the sealed value of {} does not open: {}", row, why)};
  };
  auto parsed = Parse(sealed);
  if (!parsed) return unreadable("it is not a sealed text");
  for (const auto& key : keys_) {
    if (key.id != parsed->key_id) continue;
    std::string plain(parsed->ciphertext.size(), '\0');
    const Context context(EVP_CIPHER_CTX_new());
    int length = 0;
    Require(context && EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key.bytes.Reveal()),
                                          Bytes(parsed->nonce)) == 1);
    Require(EVP_DecryptUpdate(context.get(), nullptr, &length, Bytes(row), static_cast<int>(row.size())) == 1);
    if (!plain.empty()) {
      Require(EVP_DecryptUpdate(context.get(), Bytes(plain), &length, Bytes(parsed->ciphertext),
                                static_cast<int>(parsed->ciphertext.size())) == 1);
    }
    Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, parsed->tag.data()) == 1);
    std::array<unsigned char, kTagBytes> rest{};
    if (EVP_DecryptFinal_ex(context.get(), rest.data(), &length) != 1) {
      return unreadable("it was changed, it belongs to another row, or the key of this id is another one");
    }
    return plain;
  }
  return unreadable(
      fmt::format("its key \"{}\" is not in the key file; put that key back, below the first one", parsed->key_id));
}

Result<Secret> SealedBox::OpenSecret(std::string_view sealed, std::string_view row) const {
  auto plain = Open(sealed, row);
  if (!plain) return plain.error();
  return Secret(*std::move(plain));
}

Status CreateKeyFileIfMissing(const std::string& key_file) {
  return CreateFileIfMissing(
      key_file, fmt::format("dev-{} {}\n", HexEncode(RandomBytes(4)), Base64Encode(RandomBytes(kKeyBytes))));
}

}  // namespace cdiscount::crypto
