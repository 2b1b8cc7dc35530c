#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/secret.hpp"

namespace cdiscount::crypto {

/// Encrypts what is kept (AES-256-GCM). A sealed text is "1.<key id>.<nonce>.<ciphertext>.<tag>", the last three in
/// base64, so it fits every text column; it opens only for the row that it was sealed for. Immutable and thread-safe.
class SealedBox {
 public:
  /// Reads a key file: one key per line, "<key id> <32 bytes in base64 or hex>", '#' begins a comment. The first key
  /// seals, all of them open: to change keys, put the new one on top. Key ids are 1 to 32 of A-Z a-z 0-9 _ -.
  /// Fails with kInvalidArgument (a mode that lets others read, or the group write; missing, a folder, unreadable,
  /// malformed, a key or id given twice); the message names the file and the remedy, never a key.
  static Result<SealedBox> Load(const std::string& key_file);

  /// `row` says where the text will stand, for example "auth/account/<id>/client_secret": moved elsewhere it does not
  /// open.
  std::string Seal(std::string_view plain, std::string_view row) const;
  std::string Seal(const Secret& plain, std::string_view row) const { return Seal(plain.Reveal(), row); }

  /// Fails with kUnreadable when the text is not sealed, was changed, belongs to another row, or its key is not in the
  /// file (then the message names the key id).
  Result<std::string> Open(std::string_view sealed, std::string_view row) const;
  Result<Secret> OpenSecret(std::string_view sealed, std::string_view row) const;

 private:
  struct Key {
    std::string id;
    Secret bytes;
  };
  explicit SealedBox(std::vector<Key> keys) : keys_(std::move(keys)) {}
  std::vector<Key> keys_;
};

/// Writes a key file with one new key and mode 0600, unless the file is there. For development and the demo, where a
/// setting asks for it: in production a lost key that is silently replaced makes every sealed row unreadable.
Status CreateKeyFileIfMissing(const std::string& key_file);

}  // namespace cdiscount::crypto
