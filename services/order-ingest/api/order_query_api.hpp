#pragma once

#include <memory>
#include <vector>

#include "crypto/sealed_box.hpp"
#include "rpc/access.hpp"
#include "rpc/calls.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

/// OrderQueryService over gRPC: reads for people and programs that ask. Lives as long as the server that serves it.
/// Network thread.
class OrderQueryApi {
 public:
  /// `box` opens what was set aside.
  OrderQueryApi(rpc::Calls& calls, store::Database& database, const crypto::SealedBox& box);
  ~OrderQueryApi();
  OrderQueryApi(const OrderQueryApi&) = delete;
  OrderQueryApi& operator=(const OrderQueryApi&) = delete;

  std::vector<rpc::Api> apis();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cdiscount::order_ingest
