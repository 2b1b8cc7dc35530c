#include "crypto/key_options.hpp"

#include <utility>

#include "settings/table.hpp"

namespace cdiscount::crypto {

void KeyOptions::Describe(settings::Table& table) {
  table.Path("keys.file", file,
             "Keys that encrypt what is kept, mode 0600 (or 0440, as Kubernetes mounts a Secret): one \"<key id> <32 "
             "bytes in base64>\" a line, the first seals.");
  table.Flag("keys.create", create,
             "Makes the key file when it is missing. For development: in production a lost key must stop the start.");
}

SealedBox KeyOptions::Load() const {
  const auto made = create ? CreateKeyFileIfMissing(file) : Ok();
  auto box = made ? SealedBox::Load(file) : Result<SealedBox>(made.error());
  if (box) return *std::move(box);
  auto error = box.error();
  error.field = "keys.file";
  throw BadResult(std::move(error));
}

}  // namespace cdiscount::crypto
