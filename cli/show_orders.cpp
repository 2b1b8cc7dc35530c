#include "show_orders.hpp"

#include <fmt/format.h>

#include <sstream>

#include "core/unicode.hpp"
#include "table.hpp"
#include "words.hpp"

namespace cdiscount::cli {
namespace {

using orders::v1::Order;

std::string SupplyWord(const orders::v1::OrderLine& line) {
  switch (line.supply_mode()) {
    case orders::v1::SUPPLY_MODE_SELLER:
      return "seller";
    case orders::v1::SUPPLY_MODE_FULFILLMENT:
      return "fulfillment";
    case orders::v1::SUPPLY_MODE_XDOCK:
      return "xdock";
    default:
      return line.supply_mode_text();
  }
}

/// Ours, and the marketplace's word where it says something else.
std::string StatusWords(const Order& order) {
  auto word = OrderStatusWord(order.status());
  if (!order.status_text().empty()) word += fmt::format(" (\"{}\")", order.status_text());
  return word;
}

std::string NextTryWord(const orders::v1::UnreadableOrder& order) {
  if (order.state() != orders::v1::UNREADABLE_ORDER_STATE_GIVEN_UP) return TimeWord(order.next_try_at());
  return fmt::format("none, given up {}", TimeWord(order.given_up_at()));
}

}  // namespace

std::string ShowOrders(const orders::v1::ListOrdersResponse& response, std::size_t width) {
  if (response.orders().empty()) return "No orders. cdiscountctl sync show tells how the polling goes.\n";
  Table table({"ORDER", "STATUS", "VERSION", "LINES", "TOTAL", "PURCHASED", "CHANGED", "SELLER"});
  for (const auto& known : response.orders()) {
    const auto& order = known.order();
    table.Add({order.order_id(), OrderStatusWord(order.status()), std::to_string(known.version()),
               std::to_string(order.lines_size()), MoneyWord(order.total_selling_price()),
               TimeWord(order.purchased_at()), TimeWord(known.last_changed_at()), order.seller_id()});
  }
  auto text = table.Render(width);
  if (!response.next_page_token().empty()) text += "There are more: --limit shows them.\n";
  return text;
}

std::string ShowOrder(const orders::v1::KnownOrder& known, std::size_t width) {
  const auto& order = known.order();
  std::string text;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty() && value != "-") text += fmt::format("{:<15} {}\n", name, EscapeInvisible(value));
  };
  add("Order", order.order_id());
  add("Reference", order.reference());
  add("Seller", fmt::format("{} on {}", order.seller_id(), order.sales_channel_id()));
  add("Status", StatusWords(order));
  add("Version", std::to_string(known.version()));
  add("Purchased", TimeWord(order.purchased_at()));
  add("Ship before", TimeWord(order.ship_by()));
  add("Updated there", TimeWord(order.updated_at()));
  add("First seen", TimeWord(known.first_seen_at()));
  add("Last changed", TimeWord(known.last_changed_at()));
  add("Total", MoneyWord(order.total_selling_price()));
  add("Payment", order.payment_method());
  if (order.business_order()) add("Buyer", "a company");
  for (const auto& fee : order.service_fees()) add("Fee", fmt::format("{} {}", MoneyWord(fee.amount()), fee.label()));
  return text + "\n" + ShowLines(order, width, 0);
}

std::string ShowLines(const Order& order, std::size_t width, std::size_t indent) {
  if (order.lines().empty()) return "";
  Table table({"QUANTITY", "SKU", "TITLE", "UNIT PRICE", "STATUS", "SHIPPED BY", "DELIVERY"});
  for (const auto& line : order.lines()) {
    table.Add({std::to_string(line.quantity()), line.sku(), line.title(), MoneyWord(line.selling_price().unit_price()),
               OrderStatusWord(line.status()), SupplyWord(line), line.delivery().mode()});
  }
  std::istringstream rendered(table.Render(width > indent ? width - indent : width));
  std::string text;
  for (std::string line; std::getline(rendered, line);) text += std::string(indent, ' ') + line + "\n";
  return text;
}

std::string ShowUnreadable(const orders::v1::ListUnreadableOrdersResponse& response, std::size_t width) {
  if (response.orders().empty()) return "No order is set aside.\n";
  Table table({"ACCOUNT", "ID", "FIRST SEEN", "LAST SEEN", "TRIES", "NEXT TRY", "REASON"});
  for (const auto& order : response.orders()) {
    table.Add({order.account_name().empty() ? order.account_id() : order.account_name(), order.id(),
               TimeWord(order.first_seen_at()), TimeWord(order.last_seen_at()), std::to_string(order.tries()),
               NextTryWord(order), order.reason()});
  }
  auto text = table.Render(width);
  if (!response.next_page_token().empty()) text += "There are more: --limit shows them.\n";
  return text;
}

std::string ShowUnreadableOrder(const orders::v1::GetUnreadableOrderResponse& response) {
  const auto& order = response.order();
  std::string text;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty() && value != "-") text += fmt::format("{:<11} {}\n", name, EscapeInvisible(value));
  };
  add("Id", order.id());
  add("Order", order.order_id());
  add("Account", fmt::format("{} ({})", order.account_name(), order.account_id()));
  add("Reason", order.reason());
  add("First seen", TimeWord(order.first_seen_at()));
  add("Last seen", TimeWord(order.last_seen_at()));
  add("Tries", std::to_string(order.tries()));
  add("Next try", NextTryWord(order));
  add("Text", response.raw());
  return text;
}

}  // namespace cdiscount::cli
