#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdiscount/orders/v1/order_query_service.pb.h"
#include "core/result.hpp"
#include "core/task.hpp"
#include "crypto/sealed_box.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

/// How the polling goes, in figures for metrics.
struct SyncFigures {
  std::int64_t waiting = 0;   ///< Orders that are set aside and tried again.
  std::int64_t given_up = 0;  ///< Set aside, and left to a person.
  std::int64_t failing = 0;   ///< Enabled accounts whose last poll failed.
  /// Of the enabled account whose last good poll is the longest ago (its first failure, when there was none): how long.
  std::optional<std::chrono::microseconds> oldest_success_age;
};

/// Reads for people and programs that ask. Answers are messages of proto/, since nothing is decided here. Network
/// thread.
class SqlOrderQueries {
 public:
  /// `box` opens what was set aside; it outlives this.
  SqlOrderQueries(store::Database& database, const crypto::SealedBox& box) : database_(database), box_(box) {}

  /// kNotFound, or kInvalidArgument when several sellers have an order of this id and none was named.
  Task<Result<orders::v1::GetOrderResponse>> GetOrder(const orders::v1::GetOrderRequest& request);
  /// Newest change first. kInvalidArgument for a page size or token that cannot be, kNotFound for an account that is
  /// not known, here and below.
  Task<Result<orders::v1::ListOrdersResponse>> ListOrders(const orders::v1::ListOrdersRequest& request);
  Task<Result<orders::v1::ListSyncStatusResponse>> ListSyncStatus(const orders::v1::ListSyncStatusRequest& request);
  Task<Result<orders::v1::ListUnreadableOrdersResponse>> ListUnreadableOrders(
      const orders::v1::ListUnreadableOrdersRequest& request);
  /// kNotFound.
  Task<Result<orders::v1::GetUnreadableOrderResponse>> GetUnreadableOrder(
      const orders::v1::GetUnreadableOrderRequest& request);

  Task<Result<SyncFigures>> ReadSyncFigures();

 private:
  store::Database& database_;
  const crypto::SealedBox& box_;
};

/// The id of the account of this id or name. kNotFound.
Result<std::string> FindAccount(store::Transaction& transaction, const std::string& called);

/// The statement of ListSyncStatus, for the test that looks at its plan.
std::string_view SyncStatusSql();

}  // namespace cdiscount::order_ingest
