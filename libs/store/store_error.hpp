#pragma once

#include <stdexcept>
#include <string>

#include "core/result.hpp"

namespace cdiscount::store {

/// Thrown by statements: inside a transaction errors unwind it. `Database::Run` turns it into an Error.
class StoreError : public std::runtime_error {
 public:
  StoreError(ErrorCode code, const std::string& what) : std::runtime_error(what), code_(code) {}
  /// kUnavailable: the store is away (connection lost, busy, disk full, serialisation failure): the same transaction
  /// may succeed later.
  /// kInvalidArgument: a value that this store never keeps (NUL byte in a text, too long for an index, out of range,
  /// forbidden by NOT NULL or CHECK): trying again is of no use, other values are not concerned.
  /// kAlreadyExists: a unique key. kInternal: the statement itself is wrong, or a reference is broken.
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace cdiscount::store
