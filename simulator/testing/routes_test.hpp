#pragma once

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/time_text.hpp"
#include "simulator/api/routes.hpp"

namespace cdiscount::simulator::fakes {

/// A marketplace of two sellers, the first of whom has a client id with a token; calls need no socket.
class RoutesTest : public ::testing::Test {
 protected:
  static constexpr SellerId kSeller = 98979, kStranger = 98980;
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  RoutesTest() {
    world_.AddSeller(kSeller, now_);
    world_.AddSeller(kStranger, now_);
    auto& client = world_.credentials().SetClient("my-shop", Secret{"right"});
    client.sellers.insert(kSeller);
    token_ = world_.credentials().Issue(client, std::chrono::hours{2}, now_);
  }

  http::ServerRequest Request(std::string method, std::string path, Pairs query = {}) {
    http::ServerRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.query = std::move(query);
    request.headers.Set("Authorization", "Bearer " + token_);
    request.headers.Set("SellerId", std::to_string(kSeller));
    request.headers.Set("Accept", "application/json");
    return request;
  }
  Answer Ask(const http::ServerRequest& request) { return routes_.Handle(request, now_); }
  http::ServerResponse Get(const std::string& path, Pairs query = {}) {
    return Ask(Request("GET", "/seller/v2" + path, std::move(query))).response;
  }
  http::ServerResponse Post(const std::string& path, std::string body) {
    auto request = Request("POST", "/seller/v2" + path);
    request.headers.Set("Content-Type", "application/json");
    request.body = std::move(body);
    return Ask(request).response;
  }
  http::ServerResponse TokenCall(const std::string& secret, const std::string& grant = "client_credentials") {
    http::ServerRequest request;
    request.method = "POST";
    request.path = std::string{kTokenPath};
    request.headers.Set("Content-Type", "application/x-www-form-urlencoded");
    request.body = http::EncodeQuery({{"grant_type", grant}, {"client_id", "my-shop"}, {"client_secret", secret}});
    return Ask(request).response;
  }

  OrderRecord& AnOrder(OrderStatus status, OrderWish wish = {}) {
    wish.seller = wish.seller == 0 ? kSeller : wish.seller;
    wish.status = status;
    return world_.CreateOrder(wish, now_);
  }
  void Pass(std::chrono::milliseconds time) { now_ += time; }

  static boost::json::value Json(const http::ServerResponse& response) { return boost::json::parse(response.body); }
  static std::vector<std::string> Ids(const http::ServerResponse& response) {
    std::vector<std::string> ids;
    const auto body = Json(response);
    for (const auto& item : body.at("items").as_array()) ids.emplace_back(item.at("orderId").as_string());
    return ids;
  }
  static std::string Type(const http::ServerResponse& response) {
    return std::string{response.headers.Get("Content-Type").value_or("")};
  }

  SysTime now_ = *ParseIso8601("2026-10-06T15:30:00Z");
  World world_{1};
  Faults faults_;
  OctopiaRoutes routes_{world_, faults_};
  std::string token_;
};

}  // namespace cdiscount::simulator::fakes
