#include "adapters/order_query_api.hpp"

#include "cdiscount/orders/v1/order_query_service.grpc.pb.h"
#include "rpc/unary.hpp"

namespace cdiscount::order_ingest {

namespace pb = cdiscount::orders::v1;

class OrderQueryApi::Impl final : public pb::OrderQueryService::CallbackService {
 public:
  Impl(rpc::Calls& calls, SqlOrderQueries& queries) : calls_(calls), queries_(queries) {}

  grpc::ServerUnaryReactor* GetOrder(grpc::CallbackServerContext* context, const pb::GetOrderRequest* request,
                                     pb::GetOrderResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const pb::GetOrderRequest& asked, rpc::CallContext) { return queries_.GetOrder(asked); });
  }

  grpc::ServerUnaryReactor* ListOrders(grpc::CallbackServerContext* context, const pb::ListOrdersRequest* request,
                                       pb::ListOrdersResponse* response) override {
    return rpc::Unary(calls_, context, request, response, [this](const pb::ListOrdersRequest& asked, rpc::CallContext) {
      return queries_.ListOrders(asked);
    });
  }

  grpc::ServerUnaryReactor* ListSyncStatus(grpc::CallbackServerContext* context,
                                           const pb::ListSyncStatusRequest* request,
                                           pb::ListSyncStatusResponse* response) override {
    return rpc::Unary(
        calls_, context, request, response,
        [this](const pb::ListSyncStatusRequest& asked, rpc::CallContext) { return queries_.ListSyncStatus(asked); });
  }

  grpc::ServerUnaryReactor* ListUnreadableOrders(grpc::CallbackServerContext* context,
                                                 const pb::ListUnreadableOrdersRequest* request,
                                                 pb::ListUnreadableOrdersResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const pb::ListUnreadableOrdersRequest& asked, rpc::CallContext) {
                        return queries_.ListUnreadableOrders(asked);
                      });
  }

  grpc::ServerUnaryReactor* GetUnreadableOrder(grpc::CallbackServerContext* context,
                                               const pb::GetUnreadableOrderRequest* request,
                                               pb::GetUnreadableOrderResponse* response) override {
    return rpc::Unary(calls_, context, request, response,
                      [this](const pb::GetUnreadableOrderRequest& asked, rpc::CallContext) {
                        return queries_.GetUnreadableOrder(asked);
                      });
  }

 private:
  rpc::Calls& calls_;
  SqlOrderQueries& queries_;
};

OrderQueryApi::OrderQueryApi(rpc::Calls& calls, SqlOrderQueries& queries)
    : impl_(std::make_unique<Impl>(calls, queries)) {}
OrderQueryApi::~OrderQueryApi() = default;

std::vector<rpc::Api> OrderQueryApi::apis() {
  // Names in certificates. Fulfillment ships what it reads here.
  constexpr const char* kOperator = "operator";
  constexpr const char* kFulfillment = "fulfillment";
  return {{impl_.get(),
           pb::OrderQueryService::service_full_name(),
           {
               {"GetOrder", {kOperator, kFulfillment}},
               {"ListOrders", {kOperator, kFulfillment}},
               {"ListSyncStatus", {kOperator}},
               {"ListUnreadableOrders", {kOperator}},
               {"GetUnreadableOrder", {kOperator}, /*audit=*/true},
           }}};
}

}  // namespace cdiscount::order_ingest
