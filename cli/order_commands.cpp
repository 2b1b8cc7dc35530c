#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <type_traits>
#include <utility>

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
constexpr int kEveryAccount = 1'000'000;

int FailAt(const Context& context, Error error) {
  return context.Fail(ProblemWith(context.addresses.orders, "orders", std::move(error)));
}

/// Page after page of a list, until there are as many rows as asked for. `rows` gives the rows of an answer.
template <class Request, class Response>
Result<Response> ListUpTo(Orders& orders,
                          void (Methods::*method)(grpc::ClientContext*, const Request*, Response*,
                                                  std::function<void(grpc::Status)>),
                          std::type_identity_t<Request> request, int limit, int (Response::*rows)() const) {
  Response all;
  do {
    request.set_page_size(std::min(limit - (all.*rows)(), kPage));
    auto page = orders.Ask(method, request);
    if (!page) return page.error();
    request.set_page_token(page->next_page_token());
    all.MergeFrom(*page);
    all.set_next_page_token(page->next_page_token());
  } while (!all.next_page_token().empty() && (all.*rows)() < limit);
  return all;
}

/// The status of one account, by name or id, or of all when `account` is empty.
Result<pb::ListSyncStatusResponse> StatusOf(Orders& orders, const std::string& account) {
  pb::ListSyncStatusRequest request;
  request.set_account_id(account);
  auto response = ListUpTo(orders, &Methods::ListSyncStatus, std::move(request), kEveryAccount,
                           &pb::ListSyncStatusResponse::accounts_size);
  if (response && !account.empty() && response->accounts().empty()) {
    return Error{
        ErrorCode::kNotFound,
        fmt::format("order-ingest knows no account \"{}\"; cdiscountctl account list shows the accounts", account)};
  }
  return response;
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
  const auto response =
      ListUpTo(orders, &Methods::ListOrders, std::move(request), command.limit, &pb::ListOrdersResponse::orders_size);
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

int Do(const Context& context, const UnreadableList& command) {
  Orders orders(context.addresses.ChannelTo(context.addresses.orders), context.arguments.timeout);
  pb::ListUnreadableOrdersRequest request;
  request.set_account_id(command.account);
  const auto response = ListUpTo(orders, &Methods::ListUnreadableOrders, std::move(request), command.limit,
                                 &pb::ListUnreadableOrdersResponse::orders_size);
  if (!response) return FailAt(context, response.error());
  context.streams.out << (context.arguments.json ? MessageJson(*response) : ShowUnreadable(*response, context.width));
  return kOk;
}

int Do(const Context& context, const UnreadableShow& command) {
  Orders orders(context.addresses.ChannelTo(context.addresses.orders), context.arguments.timeout);
  pb::GetUnreadableOrderRequest request;
  request.set_account_id(command.account);
  request.set_id(command.id);
  request.set_include_raw(command.raw);
  const auto response = orders.Ask(&Methods::GetUnreadableOrder, std::move(request));
  if (!response) return FailAt(context, response.error());
  context.streams.out << (context.arguments.json ? MessageJson(*response) : ShowUnreadableOrder(*response));
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
