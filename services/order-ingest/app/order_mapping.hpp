#pragma once

#include "app/order_source.hpp"
#include "core/result.hpp"
#include "domain/order.hpp"
#include "domain/recipients.hpp"
#include "marketplace/types.hpp"

// What the marketplace sends (DTO) -> what is meant (Order, Recipients). Pure.
namespace cdiscount::order_ingest {

/// The order without people. The channel is the one the order names, else the account's: one seller has several. The
/// seller is the account's; an order that names another one is none of ours. Fails with kInvalidArgument then, and as
/// Order::Create does; the message holds nothing of a person.
Result<Order> OrderFrom(const marketplace::OrderDto& dto, const SellerRef& account);

/// The people. Lines that go to the same place are one recipient.
Recipients RecipientsFrom(const marketplace::OrderDto& dto);

}  // namespace cdiscount::order_ingest
