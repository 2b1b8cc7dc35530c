#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "app/fingerprints.hpp"
#include "cdiscount/orders/v1/order.pb.h"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "domain/account_lease.hpp"
#include "domain/compare.hpp"
#include "domain/unreadable_order.hpp"
#include "marketplace/orders_api.hpp"

// Orders as they are read for an account.
namespace cdiscount::order_ingest {

/// An order that may be stored and announced, with what tells its version.
struct IncomingOrder {
  orders::v1::Order order;  ///< Keeps the rules of CheckOrder; canonical.
  std::string bytes;        ///< Of `order`: what is hashed, stored and published.
  marketplace::Recipients recipients;
  Fingerprint fingerprint;
  Pii raw = {};  ///< As it came, for the case that it cannot be stored.
};

struct OrderPage {
  std::size_t items = 0;  ///< On the page, readable or not.
  std::vector<IncomingOrder> orders;
  std::vector<UnreadableOrder> unreadable;
  std::optional<SysTime> server_time;  ///< The marketplace's clock when it answered.
  /// The list breaks off after `items` orders: these were read, `rest` is the text from there on. It holds personal
  /// data.
  bool cut = false;
  std::string rest;
};

/// An order that was read for this seller. It belongs to the channel that it names, else to the account's: one seller
/// has several. `observed` is moved from when it succeeds. Fails with kInvalidArgument when it names another seller, or
/// as CheckOrder does; the message holds nothing of a person.
Result<IncomingOrder> Take(marketplace::ObservedOrder& observed, const SellerRef& seller,
                           const Fingerprints& fingerprints);

/// A page of orders, with those that Take refuses among the unreadable ones. Errors as OrdersApi::List.
Task<Result<OrderPage>> FetchPage(marketplace::OrdersApi& api, const Fingerprints& fingerprints, SellerRef seller,
                                  marketplace::OrdersQuery query);

/// One order. Errors as OrdersApi::Get; kUnreadable also when Take refuses it, or when it is another order.
Task<Result<IncomingOrder>> FetchOrder(marketplace::OrdersApi& api, const Fingerprints& fingerprints, SellerRef seller,
                                       OrderId order);

}  // namespace cdiscount::order_ingest
