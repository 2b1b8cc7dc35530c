#include "app/order_page.hpp"

#include <utility>

#include "marketplace/order_content.hpp"

namespace cdiscount::order_ingest {
namespace {

// An id for people and for the list of what was set aside, when it cannot be an id of an order: what cannot be printed
// is written as in JSON, and it is cut.
std::string Printable(const std::string& id) {
  std::string out;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      constexpr std::string_view kHex = "0123456789abcdef";
      out += std::string("\\u00") + kHex[byte >> 4] + kHex[byte & 15];
    } else {
      out += c;
    }
  }
  if (out.size() <= kLongestId) return out;
  auto end = kLongestId - 3;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;  // not inside a character
  return out.substr(0, end) + "...";
}

}  // namespace

Result<IncomingOrder> Take(marketplace::ObservedOrder& observed, const SellerRef& seller,
                           const Fingerprints& fingerprints) {
  auto& order = observed.order;
  if (!order.seller_id().empty() && order.seller_id() != seller.seller.value()) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .message = "seller.id: names another seller than the one the orders were asked for (" +
                            seller.seller.value() + ")",
                 .field = "seller.id"};
  }
  order.set_seller_id(seller.seller.value());
  if (order.sales_channel_id().empty()) order.set_sales_channel_id(seller.channel.value());
  if (auto kept = CheckOrder(order); !kept) return kept.error();
  auto bytes = marketplace::BytesOf(order);
  auto fingerprint = fingerprints.Of(bytes, observed.recipients);
  return IncomingOrder{.order = std::move(order),
                       .bytes = std::move(bytes),
                       .recipients = std::move(observed.recipients),
                       .fingerprint = std::move(fingerprint),
                       .raw = std::move(observed.raw)};
}

Task<Result<OrderPage>> FetchPage(marketplace::OrdersApi& api, const Fingerprints& fingerprints, SellerRef seller,
                                  marketplace::OrdersQuery query) {
  const marketplace::Caller caller{seller};
  auto answer = co_await api.List(caller, query);
  if (!answer) co_return answer.error();
  OrderPage page{.items = answer->item_count,
                 .orders = {},
                 .unreadable = {},
                 .server_time = answer->server_time,
                 .cut = answer->cut,
                 .rest = answer->rest.Reveal()};
  for (auto& observed : answer->orders) {
    auto taken = Take(observed, seller, fingerprints);
    if (taken) {
      page.orders.push_back(std::move(*taken));
    } else {
      page.unreadable.push_back({.order_id = Printable(observed.order.order_id()),
                                 .reason = taken.error().message,
                                 .raw = observed.raw.Reveal()});
    }
  }
  for (const auto& broken : answer->unreadable) {
    page.unreadable.push_back(
        {.order_id = Printable(broken.order_id), .reason = broken.reason, .raw = broken.raw.Reveal()});
  }
  co_return page;
}

Task<Result<IncomingOrder>> FetchOrder(marketplace::OrdersApi& api, const Fingerprints& fingerprints, SellerRef seller,
                                       OrderId order) {
  const marketplace::Caller caller{seller};
  auto answer = co_await api.Get(caller, order.value());
  if (!answer) co_return answer.error();
  if (answer->observed.order.order_id() != order.value()) {
    co_return Error{.code = ErrorCode::kUnreadable,
                    .message = "orderId: the answer is another order than was asked for"};
  }
  auto taken = Take(answer->observed, seller, fingerprints);
  if (!taken) co_return Error{.code = ErrorCode::kUnreadable, .message = taken.error().message};
  co_return taken;
}

}  // namespace cdiscount::order_ingest
