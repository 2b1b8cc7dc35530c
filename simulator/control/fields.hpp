#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace cdiscount::simulator {

/// Reads the fields of a JSON object that a person wrote. The first wrong field is remembered; once all are read,
/// `Check()` gives it, or names a field that nobody asked for.
class Fields {
 public:
  explicit Fields(boost::json::object object) : object_(std::move(object)) {}
  /// Reads a request body; an empty one is an empty object. Fails with kInvalidArgument when it is no JSON object.
  static Result<Fields> Parse(std::string_view body);

  std::optional<std::int64_t> Int(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<double> Number(std::string_view name, double least, double most);
  std::optional<std::string> Text(std::string_view name);
  std::optional<bool> Bool(std::string_view name);
  std::vector<std::int64_t> Ints(std::string_view name);
  std::vector<std::string> Texts(std::string_view name);
  std::vector<boost::json::object> Objects(std::string_view name);
  std::optional<boost::json::object> Object(std::string_view name);

  bool Has(std::string_view name) const { return object_.contains(name); }
  /// Marks a field as wrong from outside.
  void Reject(std::string_view name, std::string_view expected);
  void Require(std::string_view name);
  Status Check() const;

 private:
  const boost::json::value* Take(std::string_view name);

  boost::json::object object_;
  std::set<std::string, std::less<>> asked_;
  std::optional<Error> error_;
};

}  // namespace cdiscount::simulator
