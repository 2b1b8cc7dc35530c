#include "api/order_query_api.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "api/paging.hpp"
#include "app/order_events.hpp"
#include "cdiscount/orders/v1/order_query_service.grpc.pb.h"
#include "rows/order_views.hpp"
#include "rows/sync_views.hpp"
#include "rows/unreadable_orders.hpp"
#include "rpc/unary.hpp"

namespace cdiscount::order_ingest {
namespace {

namespace pb = cdiscount::orders::v1;
using store::Transaction;

// Absent for an empty text, which stands for all accounts.
Result<std::optional<AccountId>> AccountAsked(Transaction& transaction, const std::string& called) {
  if (called.empty()) return std::optional<AccountId>();
  auto account = rows::FindAccount(transaction, called);
  if (!account) return account.error();
  return std::optional(std::move(*account));
}

Result<pb::GetOrderResponse> GetOrder(Transaction& transaction, const pb::GetOrderRequest& request) {
  if (request.order_id().empty()) return InvalidField("order_id", "is missing");
  const ChannelId channel{request.sales_channel_id().empty() ? std::string(kDefaultChannel)
                                                             : request.sales_channel_id()};
  const OrderId id{request.order_id()};
  std::vector<pb::KnownOrder> found;
  if (request.seller_id().empty()) {
    found = rows::ViewOrders(transaction, channel, id);
  } else if (auto order = rows::ViewOrder(transaction, {channel, SellerId{request.seller_id()}, id})) {
    found.push_back(std::move(*order));
  }
  if (found.empty()) {
    return Error{.code = ErrorCode::kNotFound,
                 .message = "no order " + id.value() + " of channel " + channel.value() + " was seen"};
  }
  if (found.size() > 1) return InvalidField("seller_id", "several sellers have an order of this id: name one");
  pb::GetOrderResponse response;
  *response.mutable_order() = std::move(found.front());
  return response;
}

Result<pb::ListOrdersResponse> ListOrders(Transaction& transaction, const pb::ListOrdersRequest& request) {
  const auto page = ReadPage(request.page_size(), request.page_token());
  if (!page) return page.error();
  const auto since = Micros(request.changed_since(), "changed_since");
  if (!since) return since.error();
  const auto until = Micros(request.changed_until(), "changed_until");
  if (!until) return until.error();
  auto account = AccountAsked(transaction, request.account_id());
  if (!account) return account.error();
  rows::OrdersAsked asked{
      .account = std::move(*account),
      .status = {},
      .changed_since = request.has_changed_since() ? *since : std::numeric_limits<std::int64_t>::min(),
      .before = page->place,
      .most = page->size + 1};
  if (request.status() != pb::ORDER_STATUS_UNSPECIFIED) asked.status = request.status();
  if (request.has_changed_until() && *until < asked.before.at) asked.before = {*until, ""};

  auto listed = rows::ListOrders(transaction, asked);
  pb::ListOrdersResponse response;
  if (const auto* last = CutToPage(listed, page->size)) response.set_next_page_token(ToToken(last->place));
  for (auto& order : listed) *response.add_orders() = std::move(order.order);
  return response;
}

Result<pb::ListSyncStatusResponse> ListSyncStatus(Transaction& transaction, const pb::ListSyncStatusRequest& request) {
  const auto page = ReadPage(request.page_size(), request.page_token());
  if (!page) return page.error();
  auto account = AccountAsked(transaction, request.account_id());
  if (!account) return account.error();
  // The place of an account is its name and its id, one behind the other.
  const auto split = page->first ? 0 : static_cast<std::size_t>(std::max<std::int64_t>(page->place.at, 0));
  auto listed =
      rows::ListSyncStatus(transaction, {.account = std::move(*account),
                                         .first = page->first,
                                         .after_name = page->place.key.substr(0, split),
                                         .after_id = page->place.key.substr(std::min(split, page->place.key.size())),
                                         .most = page->size + 1});
  pb::ListSyncStatusResponse response;
  if (const auto* last = CutToPage(listed, page->size)) {
    const auto& name = last->account_name();
    response.set_next_page_token(ToToken({static_cast<std::int64_t>(name.size()), name + last->account_id()}));
  }
  for (auto& status : listed) *response.add_accounts() = std::move(status);
  return response;
}

Result<pb::ListUnreadableOrdersResponse> ListUnreadableOrders(Transaction& transaction,
                                                              const pb::ListUnreadableOrdersRequest& request) {
  const auto page = ReadPage(request.page_size(), request.page_token());
  if (!page) return page.error();
  auto account = AccountAsked(transaction, request.account_id());
  if (!account) return account.error();
  auto listed = rows::ListUnreadable(transaction,
                                     {.account = std::move(*account), .before = page->place, .most = page->size + 1});
  pb::ListUnreadableOrdersResponse response;
  if (const auto* last = CutToPage(listed, page->size)) {
    response.set_next_page_token(ToToken(last->place));
  }
  for (auto& view : listed) *response.add_orders() = std::move(view.order);
  return response;
}

Result<pb::GetUnreadableOrderResponse> GetUnreadableOrder(Transaction& transaction, const crypto::SealedBox& box,
                                                          const pb::GetUnreadableOrderRequest& request) {
  if (request.account_id().empty()) return InvalidField("account_id", "is missing");
  if (request.id().empty()) return InvalidField("id", "is missing");
  auto view = rows::ViewUnreadable(transaction, request.account_id(), request.id());
  if (!view) {
    return Error{.code = ErrorCode::kNotFound,
                 .message = "account " + request.account_id() + " has no order " + request.id() +
                            " that is set aside; one that could be read again has left the list"};
  }
  pb::GetUnreadableOrderResponse response;
  if (request.include_raw()) {
    auto raw = rows::OpenRaw(box, view->sealed, view->order.account_id(), view->order.id());
    if (!raw) return raw.error();
    response.set_raw(std::move(*raw));
  }
  *response.mutable_order() = std::move(view->order);
  return response;
}

}  // namespace

class OrderQueryApi::Impl final : public pb::OrderQueryService::CallbackService {
 public:
  Impl(rpc::Calls& calls, store::Database& database, const crypto::SealedBox& box)
      : calls_(calls), database_(database), box_(box) {}

  grpc::ServerUnaryReactor* GetOrder(grpc::CallbackServerContext* context, const pb::GetOrderRequest* request,
                                     pb::GetOrderResponse* response) override {
    return Read(context, request, response, order_ingest::GetOrder);
  }
  grpc::ServerUnaryReactor* ListOrders(grpc::CallbackServerContext* context, const pb::ListOrdersRequest* request,
                                       pb::ListOrdersResponse* response) override {
    return Read(context, request, response, order_ingest::ListOrders);
  }
  grpc::ServerUnaryReactor* ListSyncStatus(grpc::CallbackServerContext* context,
                                           const pb::ListSyncStatusRequest* request,
                                           pb::ListSyncStatusResponse* response) override {
    return Read(context, request, response, order_ingest::ListSyncStatus);
  }
  grpc::ServerUnaryReactor* ListUnreadableOrders(grpc::CallbackServerContext* context,
                                                 const pb::ListUnreadableOrdersRequest* request,
                                                 pb::ListUnreadableOrdersResponse* response) override {
    return Read(context, request, response, order_ingest::ListUnreadableOrders);
  }
  grpc::ServerUnaryReactor* GetUnreadableOrder(grpc::CallbackServerContext* context,
                                               const pb::GetUnreadableOrderRequest* request,
                                               pb::GetUnreadableOrderResponse* response) override {
    return Read(context, request, response, [this](Transaction& transaction, const auto& asked) {
      return order_ingest::GetUnreadableOrder(transaction, box_, asked);
    });
  }

 private:
  // Answers with what `answer(transaction, request)` reads.
  template <class Request, class Response, class Answer>
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context, const Request* request, Response* response,
                                 Answer answer) {
    return rpc::Unary(calls_, context, request, response, [this, answer](const Request& asked, rpc::CallContext) {
      return database_.Read([answer, &asked](Transaction& transaction) { return answer(transaction, asked); });
    });
  }

  rpc::Calls& calls_;
  store::Database& database_;
  const crypto::SealedBox& box_;
};

OrderQueryApi::OrderQueryApi(rpc::Calls& calls, store::Database& database, const crypto::SealedBox& box)
    : impl_(std::make_unique<Impl>(calls, database, box)) {}
OrderQueryApi::~OrderQueryApi() = default;

std::vector<rpc::Api> OrderQueryApi::apis() {
  // Names in certificates. Fulfillment ships what it reads here.
  constexpr const char* kOperator = "operator";
  constexpr const char* kFulfillment = "fulfillment";
  return {{impl_.get(),
           pb::OrderQueryService::service_full_name(),
           {
               {"GetOrder", {kOperator, kFulfillment}},
               {"ListOrders", {kOperator, kFulfillment}},
               {"ListSyncStatus", {kOperator}},
               {"ListUnreadableOrders", {kOperator}},
               {"GetUnreadableOrder", {kOperator}, /*audit=*/true},
           }}};
}

}  // namespace cdiscount::order_ingest
