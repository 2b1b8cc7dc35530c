#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "cdiscount/events/v1/order_recipients.pb.h"
#include "cdiscount/orders/v1/order.pb.h"
#include "core/result.hpp"
#include "core/secret.hpp"
#include "crypto/sealed_box.hpp"
#include "marketplace/order_content.hpp"

namespace cdiscount::marketplace {

/// All that an order says about people. It comes out as a keyed digest, sealed, or as the record of the recipients
/// topic that was sealed, and in no other way: it cannot be printed or logged.
class Recipients {
 public:
  Recipients() = default;
  /// `people` without the order's ids and version. Its lists are sorted: the same people in another order are equal.
  explicit Recipients(events::v1::OrderRecipients people);

  bool empty() const { return !people_.has_billing_address() && people_.recipients().empty(); }

  /// HMAC-SHA256 (hex) over the fields of a scheme (see order_content.hpp), what tells that they changed; empty when
  /// there are none.
  std::string Digest(const Secret& key, int scheme = CurrentScheme()) const;

  /// The record of this version of the order, sealed for `row`. Fails with kInvalidArgument when the record is larger
  /// than `limit` bytes.
  Result<std::string> Seal(const crypto::SealedBox& box, std::string_view row, const orders::v1::Order& order,
                           std::int64_t version, std::size_t limit) const;

  /// The value of the record on the recipients topic, which goes there and nowhere else. Fails as SealedBox::Open.
  static Result<std::string> ToPublish(const crypto::SealedBox& box, std::string_view row, std::string_view sealed);
  /// The recipients that were sealed, to be compared. Fails as SealedBox::Open, or with kUnreadable.
  static Result<Recipients> Unseal(const crypto::SealedBox& box, std::string_view row, std::string_view sealed);

 private:
  events::v1::OrderRecipients people_;
};

}  // namespace cdiscount::marketplace
