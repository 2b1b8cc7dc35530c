#pragma once

#include "app/ports.hpp"

namespace cdiscount::order_ingest {

/// Reads a page although a part of it may be broken: an answer that cannot be read is asked for once more, then in
/// smaller parts until the broken order is alone. That one comes back as an UnreadableOrder; the others go on.
/// Stateless; network thread.
class ReadablePages {
 public:
  explicit ReadablePages(OrderSource& source) : source_(source) {}

  /// As OrderSource::FetchPage, but never kUnreadable.
  Task<Result<OrderPage>> Fetch(SellerRef seller, PageRequest request);

 private:
  Task<Result<OrderPage>> FetchInParts(SellerRef seller, PageRequest request);
  Task<Result<OrderPage>> FetchPartsOnce(SellerRef seller, PageRequest request);
  OrderSource& source_;
};

/// The id in a text that may be cut or malformed JSON: the string after the first "orderId" key. Empty when none is
/// there.
std::string FindOrderId(std::string_view raw);

}  // namespace cdiscount::order_ingest
