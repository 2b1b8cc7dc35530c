#include "app/marketplace_orders.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "app/order_mapping.hpp"

namespace cdiscount::order_ingest {
namespace {

marketplace::Caller CallerFor(const SellerRef& seller, const Secret& token) {
  return {.seller_id = seller.seller.value(),
          .sales_channel = seller.channel.value(),
          .access_token = token,
          .traceparent = seller.traceparent};
}

marketplace::TokenOwner OwnerOf(const SellerRef& seller) {
  return {seller.account.value(), seller.generation};
}

// A poll that was told to end between two calls, because its account was disabled, its lease went or the process ends,
// makes no further one.
Task<Status> MayCall() {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() == boost::asio::cancellation_type::none) co_return Ok();
  co_return Error{.code = ErrorCode::kCancelled, .message = "the poll was told to end"};
}

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

MarketplaceOrders::MarketplaceOrders(marketplace::OrdersApi& api, marketplace::AccessTokens& tokens,
                                     const Fingerprints& fingerprints)
    : api_(api), tokens_(tokens), fingerprints_(fingerprints) {}

Task<Result<OrderPage>> MarketplaceOrders::FetchPage(SellerRef seller, PageRequest request) {
  if (const auto may = co_await MayCall(); !may) co_return may.error();
  marketplace::OrdersQuery query;
  query.updated_at_min = request.updated_min;
  query.updated_at_max = request.updated_max;
  query.page_index = request.page_index;
  query.page_size = request.page_size;
  marketplace::Caller caller;
  const auto list = [&](const Secret& token) {
    caller = CallerFor(seller, token);
    return api_.List(caller, query);
  };
  auto answer = co_await marketplace::CallWithToken(tokens_, OwnerOf(seller), list);
  if (!answer) co_return answer.error();
  co_return PageFrom(std::move(*answer), seller);
}

Task<Result<IncomingOrder>> MarketplaceOrders::FetchOrder(SellerRef seller, OrderId id) {
  if (const auto may = co_await MayCall(); !may) co_return may.error();
  marketplace::Caller caller;
  const auto get = [&](const Secret& token) {
    caller = CallerFor(seller, token);
    return api_.Get(caller, id.value());
  };
  auto answer = co_await marketplace::CallWithToken(tokens_, OwnerOf(seller), get);
  if (!answer) co_return answer.error();
  Warn(seller, answer->warnings);
  auto order = OrderFrom(answer->order, seller);
  if (!order) co_return Error{.code = ErrorCode::kUnreadable, .message = order.error().message};
  if (order->key().order != id) {
    co_return Error{.code = ErrorCode::kUnreadable,
                    .message = "orderId: the answer is another order than was asked for"};
  }
  auto recipients = RecipientsFrom(answer->order);
  auto fingerprint = fingerprints_.Of(*order, recipients);
  co_return IncomingOrder{std::move(*order), std::move(recipients), std::move(fingerprint), std::move(answer->raw)};
}

Task<Result<std::int64_t>> MarketplaceOrders::Count(SellerRef seller, SysTime updated_min, SysTime updated_max) {
  if (const auto may = co_await MayCall(); !may) co_return may.error();
  marketplace::OrdersQuery query;
  query.updated_at_min = updated_min;
  query.updated_at_max = updated_max;
  marketplace::Caller caller;
  const auto count = [&](const Secret& token) {
    caller = CallerFor(seller, token);
    return api_.Count(caller, query);
  };
  auto answer = co_await marketplace::CallWithToken(tokens_, OwnerOf(seller), count);
  co_return answer;
}

OrderPage MarketplaceOrders::PageFrom(marketplace::OrdersPage answer, const SellerRef& seller) {
  Warn(seller, answer.warnings);
  OrderPage page;
  page.items = answer.item_count;
  page.server_time = answer.server_time;
  page.cut = answer.cut;
  page.rest = answer.rest.Reveal();
  for (std::size_t i = 0; i < answer.orders.size(); ++i) {
    const auto& dto = answer.orders[i];
    auto raw = i < answer.raw.size() ? std::move(answer.raw[i]) : Pii{};
    auto order = OrderFrom(dto, seller);
    if (!order) {
      page.unreadable.push_back(
          {.order_id = Printable(dto.order_id), .reason = order.error().message, .raw = raw.Reveal()});
      continue;
    }
    auto recipients = RecipientsFrom(dto);
    auto fingerprint = fingerprints_.Of(*order, recipients);
    page.orders.push_back({std::move(*order), std::move(recipients), std::move(fingerprint), std::move(raw)});
  }
  for (const auto& broken : answer.unreadable) {
    page.unreadable.push_back(
        {.order_id = Printable(broken.order_id), .reason = broken.reason, .raw = broken.raw.Reveal()});
  }
  return page;
}

void MarketplaceOrders::Warn(const SellerRef& seller, const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) {
    oddities_.Warn("marketplace_answer_odd",
                   {{"account_id", seller.account}, {"seller_id", seller.seller}, {"problem", warning}});
  }
}

}  // namespace cdiscount::order_ingest
