#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "simulator/world/credentials.hpp"
#include "simulator/world/ledger.hpp"
#include "simulator/world/order_book.hpp"
#include "simulator/world/order_factory.hpp"

namespace cdiscount::simulator {

/// A seller as GET /sellers shows it (docs/marketplace.md#sellers).
struct Seller {
  SellerId id = 0;
  std::string shop_name;
  SysTime created_at;
  std::string state = "Activated";         ///< Activated, Deactivated, PutOnNotice.
  std::string sub_state = "ActiveSeller";  ///< ActiveSeller, Holidays, BannedSeller.
  std::string subscription_step = "Finished";
  bool auto_accept_order = true;
};

/// Behaviour that is not known, and was chosen (docs/marketplace.md#open).
struct Choices {
  int approval_conflict_status = 409;                ///< docs/marketplace.md#approval
  bool strict_carriers = false;                      ///< docs/marketplace.md#carriers
  bool strict_parcels = false;                       ///< docs/marketplace.md#shipments
  std::chrono::milliseconds acceptance_delay{5000};  ///< From Accepted to InPreparation.
  std::chrono::milliseconds date_skew{0};            ///< The Date header is this far ahead of the stamps.
};

/// The marketplace: sellers, credentials, orders, and the ledger of it all. No sockets and no clock of its own:
/// every call that needs the time gets it. Not thread-safe.
class World {
 public:
  explicit World(std::uint64_t seed = 1, std::size_t reads_kept = 200'000);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Limits limits;
  Choices choices;

  Credentials& credentials() { return credentials_; }
  Ledger& ledger() { return ledger_; }
  OrderBook& orders() { return book_; }
  OrderFactory& factory() { return factory_; }

  /// Creates a seller, or gives the one that exists back.
  Seller& AddSeller(SellerId id, SysTime now);
  Seller* FindSeller(SellerId id);
  const std::map<SellerId, Seller>& sellers() const { return sellers_; }

  /// When a new order or version can be read, and how old its stamps pretend to be.
  struct Timing {
    std::chrono::milliseconds visible_after{0};
    std::chrono::milliseconds late_by{0};  ///< `createdAt` and `updatedAt` lie this far back, although it appears now.
  };
  /// A new order. Its seller must exist.
  OrderRecord& CreateOrder(const OrderWish& wish, SysTime now, Timing timing);
  OrderRecord& CreateOrder(const OrderWish& wish, SysTime now) { return CreateOrder(wish, now, Timing{}); }
  /// A change made by the marketplace, the buyer or the seller. Fails with kNotFound, or as Apply does.
  Result<const KeptVersion*> ChangeOrder(std::string_view order_id, const Change& change, SysTime now,
                                         std::chrono::milliseconds visible_after = std::chrono::milliseconds{0});
  /// The next step of its life, or a fee when its life has ended: it always makes a version.
  Change NextChange(const Order& order);
  /// The seller accepted: Accepted now, InPreparation after the delay (docs/marketplace.md#approval).
  Result<const KeptVersion*> Accept(std::string_view order_id, SysTime now);
  /// From now on the order gets a small fee at every `every` (0 = no more). Instants that went by unseen are not made
  /// up for.
  void KeepBusy(std::string_view order_id, std::chrono::milliseconds every, SysTime now);

  /// Brings the world up to `now`: held back versions appear, accepted and busy orders move on. Call it before reading.
  void Settle(SysTime now);

 private:
  Credentials credentials_;
  Ledger ledger_;
  OrderBook book_;
  OrderFactory factory_;
  std::map<SellerId, Seller> sellers_;
  std::multimap<SysTime, std::string> accepted_;  // when their checks end
  struct Busy {
    std::chrono::milliseconds every;
    SysTime next;
  };
  std::map<std::string, Busy, std::less<>> busy_;  // by order id
};

}  // namespace cdiscount::simulator
