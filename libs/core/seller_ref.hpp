#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/strong_id.hpp"

namespace cdiscount {

using AccountId = StrongId<struct AccountIdTag>;  ///< Ours, a UUID.
using SellerId = StrongId<struct SellerIdTag>;    ///< The marketplace's, as digits (docs/marketplace.md#headers).
using ChannelId = StrongId<struct ChannelIdTag>;  ///< "CDISFR", ... (docs/marketplace.md#headers).

/// Of an account that names none.
inline constexpr std::string_view kDefaultChannel = "CDISFR";

/// The seller that work is done for.
struct SellerRef {
  AccountId account;
  SellerId seller;
  ChannelId channel;
  std::string traceparent = {};  ///< W3C; the trace that the work is a part of. May be empty.
  std::int64_t generation = 0;   ///< Of its credentials (AccountEvent.generation): no token of another one is used.
};

}  // namespace cdiscount
