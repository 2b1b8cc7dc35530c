#pragma once

#include <memory>
#include <vector>

#include "adapters/sql_order_queries.hpp"
#include "rpc/access.hpp"
#include "rpc/calls.hpp"

namespace cdiscount::order_ingest {

/// OrderQueryService over gRPC: only mapping, errors and who may call. Lives as long as the server that serves it.
class OrderQueryApi {
 public:
  OrderQueryApi(rpc::Calls& calls, SqlOrderQueries& queries);
  ~OrderQueryApi();
  OrderQueryApi(const OrderQueryApi&) = delete;
  OrderQueryApi& operator=(const OrderQueryApi&) = delete;

  std::vector<rpc::Api> apis();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::order_ingest
