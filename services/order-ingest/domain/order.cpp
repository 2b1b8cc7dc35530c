#include "domain/order.hpp"

#include <string_view>
#include <utility>

namespace cdiscount::order_ingest {
namespace {

Error Broken(std::string field, std::string rule) {
  return {.code = ErrorCode::kInvalidArgument, .message = field + ": " + rule, .field = std::move(field)};
}

// Why a text cannot name an order or a channel in a database, on Kafka and on a terminal; empty when it can.
std::string UnfitAsId(std::string_view id) {
  if (id.empty()) return "is missing";
  if (id.size() > kLongestId) return "is longer than " + std::to_string(kLongestId) + " bytes";
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto byte = static_cast<unsigned char>(id[i]);
    const auto next = i + 1 < id.size() ? static_cast<unsigned char>(id[i + 1]) : 0U;
    const bool c1 = byte == 0xC2 && next >= 0x80 && next <= 0x9F;  // U+0080 to U+009F
    if (byte < 0x20 || byte == 0x7F || c1) return "holds a control character";
  }
  return {};
}

}  // namespace

Status CheckOrder(const orders::v1::Order& order) {
  if (auto why = UnfitAsId(order.order_id()); !why.empty()) return Broken("orderId", std::move(why));
  if (order.seller_id().empty()) return Broken("seller", "is missing");
  if (auto why = UnfitAsId(order.sales_channel_id()); !why.empty()) return Broken("salesChannel", std::move(why));
  if (order.status_text().empty()) return Broken("status", "is missing");
  for (int i = 0; i < order.lines_size(); ++i) {
    const auto at = "lines[" + std::to_string(i) + "]";
    if (order.lines(i).order_line_id().empty()) return Broken(at + ".orderLineId", "is missing");
    if (order.lines(i).quantity() < 0) return Broken(at + ".quantity", "is negative");
  }
  return Ok();
}

}  // namespace cdiscount::order_ingest
