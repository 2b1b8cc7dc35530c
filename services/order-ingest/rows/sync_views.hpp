#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cdiscount/orders/v1/order_query_service.pb.h"
#include "domain/list_place.hpp"
#include "domain/order.hpp"
#include "store/session.hpp"

/// How the polling goes, as it is shown to those who ask: accounts, and the orders that were set aside.
namespace cdiscount::order_ingest::rows {

/// The next accounts in the order of names and ids, behind these; or the one that is asked for.
struct SyncAsked {
  std::optional<AccountId> account;
  bool first = true;  ///< Else behind `after_name`, `after_id`.
  std::string after_name;
  std::string after_id;
  int most = 0;
};
std::vector<orders::v1::SyncStatus> ListSyncStatus(store::Transaction& transaction, const SyncAsked& asked);

/// Newest first.
struct UnreadableAsked {
  std::optional<AccountId> account;
  ListPlace before;
  int most = 0;
};
struct UnreadableView {
  orders::v1::UnreadableOrder order;
  ListPlace place;
  std::string sealed;  ///< See OpenRaw.
};
std::vector<UnreadableView> ListUnreadable(store::Transaction& transaction, const UnreadableAsked& asked);
/// `account` is an id or a name.
std::optional<UnreadableView> ViewUnreadable(store::Transaction& transaction, const std::string& account,
                                             const std::string& id);

/// For metrics.
struct SyncFigures {
  std::int64_t waiting = 0;   ///< Orders that are set aside and tried again.
  std::int64_t given_up = 0;  ///< Set aside, and left to a person.
  std::int64_t failing = 0;   ///< Enabled accounts whose last poll failed.
  /// Of the enabled account whose last good poll is the longest ago (its first failure, when there was none): how long.
  std::optional<std::chrono::microseconds> oldest_success_age;
};
SyncFigures ReadSyncFigures(store::Transaction& transaction);

/// The statement of ListSyncStatus, for the test that looks at its plan.
extern const std::string_view kSyncStatus;

}  // namespace cdiscount::order_ingest::rows
