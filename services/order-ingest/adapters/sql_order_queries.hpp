#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cdiscount/orders/v1/order_query_service.pb.h"
#include "core/result.hpp"
#include "core/task.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

/// Reads for people and programs that ask. Answers are messages of proto/, since nothing is decided here. Network
/// thread.
class SqlOrderQueries {
 public:
  explicit SqlOrderQueries(store::Database& database) : database_(database) {}

  /// kNotFound, or kInvalidArgument when several sellers have an order of this id and none was named.
  Task<Result<orders::v1::GetOrderResponse>> GetOrder(const orders::v1::GetOrderRequest& request);
  /// Newest change first. kInvalidArgument for a page size or token that cannot be.
  Task<Result<orders::v1::ListOrdersResponse>> ListOrders(const orders::v1::ListOrdersRequest& request);
  Task<Result<orders::v1::ListSyncStatusResponse>> ListSyncStatus(const orders::v1::ListSyncStatusRequest& request);

 private:
  store::Database& database_;
};

}  // namespace cdiscount::order_ingest
