#pragma once

#include <cstddef>
#include <string>

#include "cdiscount/orders/v1/order.pb.h"
#include "core/result.hpp"
#include "core/seller_ref.hpp"
#include "core/strong_id.hpp"

namespace cdiscount::order_ingest {

using OrderId = StrongId<struct OrderIdTag>;  ///< Opaque; unique per seller and channel.

/// The permanent key of an order, the same for every account that it is read through.
struct OrderKey {
  ChannelId channel;
  SellerId seller;
  OrderId order;

  static OrderKey Of(const orders::v1::Order& order) {
    return {ChannelId{order.sales_channel_id()}, SellerId{order.seller_id()}, OrderId{order.order_id()}};
  }
  /// "CDISFR/98979/2610061530ABCDE": the key on Kafka.
  std::string ToString() const { return channel.value() + "/" + seller.value() + "/" + order.value(); }
  friend auto operator<=>(const OrderKey&, const OrderKey&) = default;
};

/// The longest id of an order or a channel. No limit is known (docs/marketplace.md#orders); every index and key of ours
/// takes this.
inline constexpr std::size_t kLongestId = 64;

/// Whether an order can be kept and announced: no quantity is negative, and the ids of order and channel have at most
/// kLongestId bytes and no control character. All but that and what is certain to be sent (docs/marketplace.md#orders)
/// may be absent, because an order that is strange must still be announced. Fails with kInvalidArgument and names the
/// first rule that is broken.
Status CheckOrder(const orders::v1::Order& order);

}  // namespace cdiscount::order_ingest
