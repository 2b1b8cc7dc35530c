#pragma once

#include <compare>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace cdiscount {

/// A text that names one kind of thing: a Sku passed as an OrderId does not compile.
template <class Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(std::string value) : value_(std::move(value)) {}

  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend auto operator<=>(const StrongId&, const StrongId&) = default;
  friend std::ostream& operator<<(std::ostream& out, const StrongId& id) { return out << id.value_; }

 private:
  std::string value_;
};

}  // namespace cdiscount

template <class Tag>
struct std::hash<cdiscount::StrongId<Tag>> {
  std::size_t operator()(const cdiscount::StrongId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value());
  }
};
