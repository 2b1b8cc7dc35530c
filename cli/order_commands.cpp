#include <fmt/format.h>

#include <algorithm>

#include "cdiscount/orders/v1/order_query_service.grpc.pb.h"
#include "commands.hpp"
#include "core/clock.hpp"
#include "remote.hpp"
#include "show_accounts.hpp"
#include "show_events.hpp"
#include "show_orders.hpp"
#include "words.hpp"

namespace cdiscount::cli {
namespace {

namespace pb = cdiscount::orders::v1;
using Methods = class pb::OrderQueryService::Stub::async;
using Orders = Remote<pb::OrderQueryService>;

constexpr int kPage = 500;

int FailAt(const Context& context, Error error) {
  return context.Fail(ProblemWith(context.addresses.orders, "orders", std::move(error)));
}

/// The status of one account, by name or id, or of all when `account` is empty.
Result<pb::ListSyncStatusResponse> StatusOf(Orders& orders, const std::string& account) {
  auto response = orders.Ask(&Methods::ListSyncStatus, {});
  if (!response || account.empty()) return response;
  pb::ListSyncStatusResponse one;
  for (const auto& status : response->accounts()) {
    if (status.account_id() == account || status.account_name() == account) *one.add_accounts() = status;
  }
  if (one.accounts().empty()) {
    return Error{
        ErrorCode::kNotFound,
        fmt::format("order-ingest knows no account \"{}\"; cdiscountctl account list shows the accounts", account)};
  }
  return one;
}

/// Page after page, until there are as many as asked for.
Result<pb::ListOrdersResponse> ListUpTo(Orders& orders, pb::ListOrdersRequest request, int limit) {
  pb::ListOrdersResponse all;
  do {
    request.set_page_size(std::min(limit - all.orders_size(), kPage));
    auto page = orders.Ask(&Methods::ListOrders, request);
    if (!page) return page.error();
    request.set_page_token(page->next_page_token());
    all.MergeFrom(*page);
    all.set_next_page_token(page->next_page_token());
  } while (!all.next_page_token().empty() && all.orders_size() < limit);
  return all;
}

}  // namespace

int Do(const Context& context, const OrdersList& command) {
  Orders orders(context.addresses.ChannelTo(context.addresses.orders), context.arguments.timeout);
  pb::ListOrdersRequest request;
  if (!command.account.empty()) {
    const auto status = StatusOf(orders, command.account);
    if (!status) return FailAt(context, status.error());
    request.set_account_id(status->accounts(0).account_id());
  }
  if (!command.status.empty()) request.set_status(ParseOrderStatus(command.status));
  const auto response = ListUpTo(orders, std::move(request), command.limit);
  if (!response) return FailAt(context, response.error());
  context.streams.out << (context.arguments.json ? MessageJson(*response) : ShowOrders(*response, context.width));
  return kOk;
}

int Do(const Context& context, const OrdersShow& command) {
  Orders orders(context.addresses.ChannelTo(context.addresses.orders), context.arguments.timeout);
  pb::GetOrderRequest request;
  request.set_order_id(command.order_id);
  request.set_seller_id(command.seller_id);
  request.set_sales_channel_id(command.channel);
  const auto response = orders.Ask(&Methods::GetOrder, std::move(request));
  if (!response) return FailAt(context, response.error());
  context.streams.out << (context.arguments.json ? MessageJson(*response)
                                                 : ShowOrder(response->order(), context.width));
  return kOk;
}

int Do(const Context& context, const SyncShow& command) {
  Orders orders(context.addresses.ChannelTo(context.addresses.orders), context.arguments.timeout);
  const auto response = StatusOf(orders, command.account);
  if (!response) return FailAt(context, response.error());
  context.streams.out << (context.arguments.json ? MessageJson(*response)
                                                 : ShowSync(*response, SystemClock().Now(), context.width));
  return kOk;
}

}  // namespace cdiscount::cli
