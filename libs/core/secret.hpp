#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace cdiscount {

/// A value that must not be seen: it prints as "***", and only Reveal() gives it out. Copies of it are cheap to find.
template <class Tag>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(std::string value) : value_(std::move(value)) {}

  /// The value itself, for the one call that needs it. Never for a log, an error text or a metric.
  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend bool operator==(const Guarded&, const Guarded&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Guarded&) { return out << "***"; }

 private:
  std::string value_;
};

/// A client secret, a password, a token, a key.
using Secret = Guarded<struct SecretTag>;
/// Something that tells who a person is: a name, a street, a phone number.
using Pii = Guarded<struct PiiTag>;

}  // namespace cdiscount
