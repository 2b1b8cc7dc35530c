#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cdiscount/orders/v1/order_query_service.pb.h"
#include "domain/list_place.hpp"
#include "domain/order.hpp"
#include "domain/order_status.hpp"
#include "store/session.hpp"

/// The table "orders" as it is shown to those who ask.
namespace cdiscount::order_ingest::rows {

/// By our id or its name; kNotFound when order-ingest knows none.
Result<AccountId> FindAccount(store::Transaction& transaction, const std::string& called);

std::optional<orders::v1::KnownOrder> ViewOrder(store::Transaction& transaction, const OrderKey& key);
/// Of any seller on this channel, two at most.
std::vector<orders::v1::KnownOrder> ViewOrders(store::Transaction& transaction, const ChannelId& channel,
                                               const OrderId& order);

/// Newest change first; each list begins behind a place, so that orders that change meanwhile shift nothing.
struct OrdersAsked {
  std::optional<AccountId> account;
  std::optional<OrderStatus> status;
  std::int64_t changed_since = 0;  ///< Microseconds, as all instants here.
  ListPlace before;
  int most = 0;
};
struct ListedOrder {
  orders::v1::KnownOrder order;
  ListPlace place;
};
std::vector<ListedOrder> ListOrders(store::Transaction& transaction, const OrdersAsked& asked);

}  // namespace cdiscount::order_ingest::rows
