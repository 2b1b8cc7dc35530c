#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/order_page.hpp"
#include "app/page_walk.hpp"
#include "core/task.hpp"

namespace cdiscount::order_ingest {

/// How many calls a poll may still spend on answers that cannot be read (docs/adr/0008).
struct ExtraCalls {
  int left = 60;
  bool asked_twice = false;  ///< A poll asks for a broken page a second time once.
};

/// The readable part of a page.
struct ReadablePage {
  OrderPage page;
  PageShape shape = PageShape::kWhole;
  /// Just behind the last order that broke the page: a poll that begins there does not meet it again. Absent when no
  /// order follows it and its own time cannot be found in its text.
  std::optional<SysTime> behind_broken;
  bool broken = false;           ///< An order broke the page, and was set aside.
  std::optional<Error> problem;  ///< Why the rest of the page was not read.
};

/// Reads pages of orders although an order may break them. One unreadable order costs about ten calls more, because the
/// marketplace serves only pages whose size divides their beginning: it is asked for alone, and what follows in pages
/// that double. Network thread.
class ReadablePages {
 public:
  ReadablePages(marketplace::OrdersApi& api, const Fingerprints& fingerprints)
      : api_(api), fingerprints_(fingerprints) {}

  /// An error means that nothing could be read: kUnreadable when the answer is no list of orders, else the errors of
  /// OrdersApi::List.
  Task<Result<ReadablePage>> Fetch(SellerRef seller, marketplace::OrdersQuery request, ExtraCalls& extra);

 private:
  Task<> ReadAround(const SellerRef& seller, const marketplace::OrdersQuery& request, ExtraCalls& extra,
                    std::string rest, ReadablePage& whole);

  marketplace::OrdersApi& api_;
  const Fingerprints& fingerprints_;
};

/// The id of the first order in a text that is no longer JSON; empty when there is none.
std::string FindOrderId(std::string_view raw);
/// The same for its `updatedAt`.
std::optional<SysTime> FindUpdatedAt(std::string_view raw);

}  // namespace cdiscount::order_ingest
