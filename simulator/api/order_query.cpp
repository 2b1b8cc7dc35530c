#include "simulator/api/order_query.hpp"

#include <fmt/core.h>

#include <charconv>

#include "core/time_text.hpp"

namespace cdiscount::simulator {
namespace {

constexpr std::pair<std::string_view, SortField> kSortFields[] = {
    {"updatedAt", SortField::kUpdatedAt},     {"createdAt", SortField::kCreatedAt},
    {"purchasedAt", SortField::kPurchasedAt}, {"shippedAtMax", SortField::kShippedAtMax},
    {"shippedAt", SortField::kShippedAt},     {"orderId", SortField::kOrderId}};

Error Wrong(std::string_view name, std::string_view value, std::string_view expected) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("The value '{}' is not valid for {}: {}.", value, name, expected),
          {},
          std::string{name}};
}

Status ReadTime(std::string_view name, std::string_view value, std::optional<SysTime>& out) {
  out = ParseIso8601(value);
  if (!out) return Wrong(name, value, "an ISO 8601 instant is expected");
  return Ok();
}

Status ReadNumber(std::string_view name, std::string_view value, std::size_t most, std::size_t& out) {
  std::size_t number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc{} || end != value.data() + value.size() || number < 1 || number > most) {
    return Wrong(name, value, fmt::format("a number from 1 to {} is expected", most));
  }
  out = number;
  return Ok();
}

Status ReadBool(std::string_view name, std::string_view value, std::optional<bool>& out) {
  const bool yes = value == "true" || value == "1";  // 9 row 25
  if (!yes && value != "false" && value != "0") return Wrong(name, value, "true or false is expected");
  out = yes;
  return Ok();
}

Status ReadStatuses(std::string_view value, std::vector<OrderStatus>& out) {
  for (std::string_view rest = value; !rest.empty();) {
    const auto comma = rest.find(',');
    const auto word = rest.substr(0, comma);
    const auto status = ParseOrderStatus(word);
    if (!status) return Wrong("status", word, "it is no order status");
    out.push_back(*status);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return Ok();
}

std::optional<SortField> FindField(std::string_view name) {
  for (const auto& [known, field] : kSortFields) {
    if (known == name) return field;
  }
  return std::nullopt;
}

struct Sort {
  std::optional<SortField> field, descending_field;
  bool descending = false;
};

Status ReadSort(std::string_view value, Sort& sort) {
  if (value.empty()) return Ok();  // 9 row 24
  auto name = value;
  sort.descending = name.starts_with("desc:");
  if (sort.descending) name.remove_prefix(5);
  if (name.starts_with("asc:")) name.remove_prefix(4);
  sort.field = FindField(name);
  if (!sort.field) return Wrong("sort", value, "it names no field to sort by");
  return Ok();
}

Status ReadOne(std::string_view name, const std::string& value, OrderQuery& query, Sort& sort) {
  if (name == "reference") query.reference = value;
  if (name == "salesChannelId") query.sales_channel = value;
  if (name == "shippingCountry") query.shipping_country = value;
  if (name == "businessOrder") return ReadBool(name, value, query.business);
  if (name == "status") return ReadStatuses(value, query.statuses);
  if (name == "createdAtMin") return ReadTime(name, value, query.created_min);
  if (name == "createdAtMax") return ReadTime(name, value, query.created_max);
  if (name == "updatedAtMin") return ReadTime(name, value, query.updated_min);
  if (name == "updatedAtMax") return ReadTime(name, value, query.updated_max);
  if (name == "shippedAtMin") return ReadTime(name, value, query.shipped_min);
  if (name == "shippedAtMax") return ReadTime(name, value, query.shipped_max);
  if (name == "pageIndex") return ReadNumber(name, value, 1'000'000'000, query.page_index);
  if (name == "pageSize") return ReadNumber(name, value, 100, query.page_size);
  if (name == "sort") return ReadSort(value, sort);
  if (name == "supplyMode") {
    query.supply = ParseSupplyMode(value);
    if (!query.supply) return Wrong(name, value, "Seller, Fulfillment or Xdock is expected");
  }
  if (name == "desc") {
    const bool ignored = value.empty() || value == "true" || value == "false" || value.find(',') != std::string::npos;
    if (ignored) return Ok();  // 9 row 24
    sort.descending_field = FindField(value);
    if (!sort.descending_field) return Wrong(name, value, "it names no field to sort by");
  }
  return Ok();
}

}  // namespace

Result<OrderQuery> ParseOrderQuery(const std::vector<std::pair<std::string, std::string>>& parameters) {
  OrderQuery query;
  Sort sort;
  for (const auto& [name, value] : parameters) {
    if (const auto read = ReadOne(name, value, query, sort); !read) return read.error();
  }
  if (const auto field = sort.field ? sort.field : sort.descending_field) {
    query.sort = *field;
    query.descending = sort.descending || sort.descending_field == field;
  }
  return query;
}

}  // namespace cdiscount::simulator
