#pragma once

#include <optional>
#include <string>

// The answers of the marketplace, as far as they were understood, in any wire format. All facts:
// docs/marketplace.md#sellers. An empty text or optional is a fact that was not sent.
namespace cdiscount::marketplace {

/// A number exactly as it stands in the answer ("144.99", "4.9", "1e2"): money is never read through a double.
struct Decimal {
  std::string text;

  bool empty() const { return text.empty(); }
};

struct SellerDto {
  std::string seller_id;
  std::string shop_name;
  std::string seller_state;               ///< "Activated", "Deactivated", "PutOnNotice".
  std::string seller_sub_state;           ///< "ActiveSeller", "Holidays", "BannedSeller".
  std::string subscription_step;          ///< "Finished" when the subscription is complete.
  std::optional<bool> auto_accept_order;  ///< False: orders may wait in WaitingAcceptance.
};

}  // namespace cdiscount::marketplace
