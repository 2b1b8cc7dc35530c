#pragma once

#include <memory>

#include "adapters/sql_order_queries.hpp"
#include "rpc/calls.hpp"

namespace grpc {
class Service;
}

namespace cdiscount::order_ingest {

/// OrderQueryService over gRPC: only mapping and errors. Lives as long as the server that serves it.
class OrderQueryApi {
 public:
  OrderQueryApi(rpc::Calls& calls, SqlOrderQueries& queries);
  ~OrderQueryApi();
  OrderQueryApi(const OrderQueryApi&) = delete;
  OrderQueryApi& operator=(const OrderQueryApi&) = delete;

  grpc::Service* service();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::order_ingest
