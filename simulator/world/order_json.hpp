#pragma once

#include <cstdint>
#include <string>

#include "simulator/world/order.hpp"

namespace cdiscount::simulator {

/// What is odd about the way an order is shown; for readers that must bear it.
struct Oddity {
  bool unknown_enum = false;    ///< Words that are in no list: status of the order and a line, mode, condition, supply.
  bool unknown_fields = false;  ///< Keys nobody knows, at every level.
  bool null_fields = false;     ///< Null wherever a client may not rely on a value (octopia-rest-v2.md, 3.4).
  bool absent_fields = false;   ///< The same fields left out.
  bool broken_json = false;     ///< The item breaks the JSON of the page.
  bool wrong_types = false;     ///< Valid JSON, but `quantity` is a text and `lines` an object.
  bool missing_certain = false;  ///< `orderId` and `orderLineId` are missing.
  bool broken_brackets = false;  ///< A quote too many: from here on the page's brackets cannot be told from its texts.
  bool other_seller = false;     ///< `seller.id` is another's.
  bool other_channel = false;    ///< `salesChannel.id` is another.
  bool nul_in_id = false;        ///< `orderId` ends with U+0000.
  int flicker = 0;               ///< So many contents in turn, one at each showing, under one `updatedAt`; 0 = one.

  bool any() const {
    return unknown_enum || unknown_fields || null_fields || absent_fields || broken_json || wrong_types ||
           missing_certain || broken_brackets || other_seller || other_channel || nul_in_id || flicker > 0;
  }
};

/// The order as JSON, exactly the object of octopia-rest-v2.md, 3.4 and of the composed samples. `showing` counts the
/// odd showings of this order, from 0.
std::string RenderOrder(const Order& order, const Oddity& oddity = {}, std::uint64_t showing = 0);

}  // namespace cdiscount::simulator
