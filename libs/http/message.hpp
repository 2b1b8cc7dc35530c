#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cdiscount::http {

/// True when both are the same but for the case of ASCII letters.
bool EqualsIgnoringCase(std::string_view left, std::string_view right);

/// Header fields in the order they were set or received. Names are compared without regard to case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  /// Adds a field, or replaces the value of the one that has this name.
  void Set(std::string name, std::string value);
  /// Adds a field, even when there is one of this name.
  void Add(std::string name, std::string value);
  /// The first value under this name.
  std::optional<std::string_view> Get(std::string_view name) const;
  /// All values under this name as one list, "a, b" (RFC 9110, 5.3); empty when there is none.
  std::string List(std::string_view name) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Percent-encodes everything but the unreserved characters of RFC 3986: for one path segment or one query value.
std::string PercentEncode(std::string_view text);

/// Undoes PercentEncode; '+' stays. A malformed escape is kept as it stands.
std::string PercentDecode(std::string_view text);

/// "a=1&b=x%20y" from pairs, each percent-encoded. Also the body of a form (application/x-www-form-urlencoded).
std::string EncodeQuery(const std::vector<std::pair<std::string, std::string>>& pairs);

/// Pairs of a query or a form; '+' is a space. A malformed escape is kept as it stands.
std::vector<std::pair<std::string, std::string>> DecodeQuery(std::string_view query);

}  // namespace cdiscount::http
