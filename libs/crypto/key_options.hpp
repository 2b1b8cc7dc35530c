#pragma once

#include <string>

#include "crypto/sealed_box.hpp"

namespace cdiscount::settings {
class Table;
}

namespace cdiscount::crypto {

/// The key that seals what must not be read at rest.
struct KeyOptions {
  std::string file;
  bool create = false;

  /// keys.file, keys.create.
  void Describe(settings::Table& table);
  /// Makes the file when it is missing and the options ask for it. Throws BadResult (kInvalidArgument): a start without
  /// the key would lose data.
  SealedBox Load() const;
};

}  // namespace cdiscount::crypto
