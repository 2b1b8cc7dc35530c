#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/world/order.hpp"

namespace cdiscount::simulator {

/// The properties of a new order; those that are not set are drawn.
struct OrderWish {
  SellerId seller = 0;
  std::optional<OrderStatus> status = std::nullopt;
  std::optional<int> lines = std::nullopt;  ///< At least 1.
  std::optional<bool> business = std::nullopt;
  std::optional<bool> pickup = std::nullopt;
  std::optional<SupplyMode> supply = std::nullopt;  ///< Of every line.
  std::optional<bool> null_reference = std::nullopt;
  std::optional<bool> null_gtin = std::nullopt;  ///< Of the first line.
  std::optional<std::string> reference = std::nullopt;
  std::optional<CancelInitiator> cancel_request = std::nullopt;  ///< Of the last line, of an order in preparation.
  std::optional<std::string> canary = std::nullopt;  ///< Begins every personal text, so that it can be looked for.
};

/// `offerPrice` of a line: amounts in minor units, the rate in hundredths of a percent of goods and shipping
/// (docs/marketplace.md#commission). `sellingPrice` is the same without the commission.
Json OfferPrice(std::int64_t unit, std::int64_t quantity, std::int64_t shipping, std::int64_t rate);

/// Draws orders with invented people and products. The same seed and calls give the same orders on every machine.
class OrderFactory {
 public:
  explicit OrderFactory(std::uint64_t seed);
  /// Draws from another seed on; ids already given are not given again.
  void Restart(std::uint64_t seed) { random_.seed(seed); }

  /// An order created at `now` (whole seconds) in the wished state; without one, as a new order of this kind of seller.
  Order Make(const OrderWish& wish, bool auto_accept, SysTime now);

  /// A number below `bound`, evenly drawn.
  std::uint64_t Below(std::uint64_t bound) { return bound == 0 ? 0 : random_() % bound; }
  bool Chance(unsigned percent) { return Below(100) < percent; }

 private:
  struct Product {
    std::string sku, gtin, title;
    std::int64_t price_minor;
  };

  template <std::size_t kCount>
  std::string Pick(const std::array<std::string_view, kCount>& among) {
    return std::string{among[Below(kCount)]};
  }
  std::string NextId(SysTime now);
  Json MakeAddress(bool business);
  /// The same person's, or a pickup point when one is wished for or drawn.
  Json MakeShippingAddress(Json address, const OrderWish& wish);
  Json MakeLine(const OrderWish& wish, const std::string& order_id, int number, const Json& ship_by, bool pickup,
                SysTime now);

  std::mt19937_64 random_;
  std::vector<Product> catalogue_;
  std::uint64_t made_ = 0;
};

}  // namespace cdiscount::simulator
