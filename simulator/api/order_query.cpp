#include "simulator/api/order_query.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "core/time_text.hpp"

namespace cdiscount::simulator {
namespace {

constexpr std::array<std::string_view, 3> kWindows = {"createdAt", "updatedAt", "shippedAt"};
constexpr std::array<std::string_view, 6> kSortFields = {"updatedAt",    "createdAt", "purchasedAt",
                                                         "shippedAtMax", "shippedAt", "orderId"};

template <std::size_t kCount>
bool Has(const std::array<std::string_view, kCount>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// One reading of all parameters. Each Read function fails with kInvalidArgument naming the parameter.
class Reader {
 public:
  Status ReadParameter(std::string_view name, const std::string& value);
  OrderQuery Finish();

 private:
  static Error Wrong(std::string_view name, std::string_view value, std::string_view expected) {
    return {ErrorCode::kInvalidArgument,
            fmt::format("The value '{}' is not valid for {}: {}.", value, name, expected),
            {},
            std::string{name}};
  }
  Status Filter(std::function<bool(const Order&)> filter) {
    query_.filters.push_back(std::move(filter));
    return Ok();
  }
  Status ReadNumber(std::string_view name, std::string_view value, std::size_t most, std::size_t& out);
  Status ReadStatuses(std::string_view value);
  Status ReadBound(std::string_view name, const std::string& value, const std::string& key, bool upper);
  Status ReadSort(std::string_view value);

  OrderQuery query_;
  std::vector<OrderStatus> statuses_;
  std::string sort_, descending_field_;
  bool descending_ = false;
};

Status Reader::ReadNumber(std::string_view name, std::string_view value, std::size_t most, std::size_t& out) {
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), out);
  if (failure != std::errc{} || end != value.data() + value.size() || out < 1 || out > most) {
    return Wrong(name, value, fmt::format("a number from 1 to {} is expected", most));
  }
  return Ok();
}

Status Reader::ReadStatuses(std::string_view value) {
  for (std::string_view rest = value; !rest.empty();) {
    const auto comma = rest.find(',');
    const auto word = rest.substr(0, comma);
    const auto status = ParseOrderStatus(word);
    if (!status) return Wrong("status", word, "it is no order status");
    statuses_.push_back(*status);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return Ok();
}

Status Reader::ReadBound(std::string_view name, const std::string& value, const std::string& key, bool upper) {
  const auto bound = ParseIso8601(value);
  if (!bound) return Wrong(name, value, "an ISO 8601 instant is expected");
  if (key == "updatedAt") {
    (upper ? query_.updated_max : query_.updated_min) = bound;
    return Ok();
  }
  return Filter([=](const Order& order) {
    const auto& stamp = key == "shippedAt" ? order.shipped_at : TextOf(order.shown, key.c_str());
    return !stamp.empty() && (upper ? InstantOf(stamp) <= *bound : InstantOf(stamp) >= *bound);
  });
}

Status Reader::ReadSort(std::string_view value) {
  if (value.empty()) return Ok();
  auto field = value;
  descending_ = field.starts_with("desc:");
  if (descending_) field.remove_prefix(5);
  if (field.starts_with("asc:")) field.remove_prefix(4);
  if (!Has(kSortFields, field)) return Wrong("sort", value, "it names no field to sort by");
  sort_ = field;
  return Ok();
}

Status Reader::ReadParameter(std::string_view name, const std::string& value) {
  const auto key = name.substr(0, name.size() - std::min<std::size_t>(3, name.size()));
  const bool upper = name.ends_with("Max");
  if (Has(kWindows, key) && (upper || name.ends_with("Min"))) return ReadBound(name, value, std::string{key}, upper);
  if (name == "pageIndex") return ReadNumber(name, value, 1'000'000'000, query_.page_index);
  if (name == "pageSize") return ReadNumber(name, value, 100, query_.page_size);
  if (name == "sort") return ReadSort(value);
  if (name == "status") return ReadStatuses(value);
  if (name == "reference") return Filter([=](const Order& order) { return order.shown.at("reference") == value; });
  if (name == "salesChannelId") {
    return Filter([=](const Order& order) { return order.shown.at("salesChannel").at("id") == value; });
  }
  if (name == "shippingCountry") {
    return Filter([=](const Order& order) { return order.shipping_address().at("countryCode") == value; });
  }
  if (name == "businessOrder") {
    const bool yes = value == "true" || value == "1";
    if (!yes && value != "false" && value != "0") return Wrong(name, value, "true or false is expected");
    return Filter([=](const Order& order) { return order.shown.at("businessOrder") == yes; });
  }
  if (name == "supplyMode") {
    if (!ParseSupplyMode(value)) return Wrong(name, value, "Seller, Fulfillment or Xdock is expected");
    return Filter([=](const Order& order) {
      return std::any_of(order.lines().begin(), order.lines().end(),
                         [&](const Json& line) { return line.at("offer").at("supplyMode") == value; });
    });
  }
  if (name == "desc") {
    const bool ignored = value.empty() || value == "true" || value == "false" || value.find(',') != std::string::npos;
    if (!ignored && !Has(kSortFields, value)) return Wrong(name, value, "it names no field to sort by");
    if (!ignored) descending_field_ = value;
  }
  return Ok();
}

OrderQuery Reader::Finish() {
  if (!statuses_.empty()) {
    query_.filters.emplace_back([statuses = statuses_](const Order& order) {
      return std::find(statuses.begin(), statuses.end(), order.status()) != statuses.end();
    });
  }
  if (sort_.empty()) sort_ = descending_field_;
  if (!sort_.empty()) {
    query_.sort = sort_;
    query_.descending = descending_ || descending_field_ == sort_;
  }
  return std::move(query_);
}

}  // namespace

Result<OrderQuery> ParseOrderQuery(const std::vector<std::pair<std::string, std::string>>& parameters) {
  Reader reader;
  for (const auto& [name, value] : parameters) {
    if (const auto read = reader.ReadParameter(name, value); !read) return read.error();
  }
  return reader.Finish();
}

}  // namespace cdiscount::simulator
