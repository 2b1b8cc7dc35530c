#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "simulator/world/order.hpp"

namespace cdiscount::simulator {

/// Ways to show an order that a reader must survive.
struct Oddity {
  bool unknown_enum = false;    ///< Words that are in no list: status of the order and a line, mode, condition, supply.
  bool unknown_fields = false;  ///< Unknown keys at every level.
  bool null_fields = false;     ///< Null wherever a client may not rely on a value (docs/marketplace.md#certain).
  bool absent_fields = false;   ///< The same fields left out.
  bool broken_json = false;     ///< The item breaks the JSON of the page.
  bool wrong_types = false;     ///< Valid JSON, but `quantity` is a text and `lines` an object.
  bool missing_certain = false;  ///< `orderId` and `orderLineId` are missing.
  bool broken_brackets = false;  ///< A quote too many: from here on the page's brackets cannot be told from its texts.
  bool other_seller = false;     ///< `seller.id` is another's.
  bool other_channel = false;    ///< `salesChannel.id` is another.
  bool nul_in_id = false;        ///< `orderId` ends with U+0000.
  int flicker = 0;               ///< So many contents in turn, one at each showing, under one `updatedAt`; 0 = one.

  bool any() const;
  /// False when a client cannot read the order, or must not take it as one of the seller's.
  bool acceptable() const;
  /// Odd in both ways.
  friend Oddity operator|(Oddity a, const Oddity& b);
};

struct OddityFlag {
  std::string_view name;
  bool Oddity::* flag;
  bool acceptable;  ///< The order can still be read and is the seller's.
};
inline constexpr std::array<OddityFlag, 11> kOddityFlags = {{{"unknown_enum", &Oddity::unknown_enum, true},
                                                             {"unknown_fields", &Oddity::unknown_fields, true},
                                                             {"null_fields", &Oddity::null_fields, true},
                                                             {"absent_fields", &Oddity::absent_fields, true},
                                                             {"broken_json", &Oddity::broken_json, false},
                                                             {"wrong_types", &Oddity::wrong_types, false},
                                                             {"missing_certain", &Oddity::missing_certain, false},
                                                             {"broken_brackets", &Oddity::broken_brackets, false},
                                                             {"other_seller", &Oddity::other_seller, false},
                                                             {"other_channel", &Oddity::other_channel, false},
                                                             {"nul_in_id", &Oddity::nul_in_id, false}}};

/// The order's text as it is shown. `showing` counts the odd showings of this order, from 0.
std::string ShownText(const Order& order, const Oddity& oddity = {}, std::uint64_t showing = 0);

}  // namespace cdiscount::simulator
