#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/testing/fake_clock.hpp"
#include "core/time_text.hpp"
#include "simulator/control/control.hpp"

namespace cdiscount::simulator::fakes {

/// The control API of a world without sellers; calls need no socket.
class ControlTest : public ::testing::Test {
 protected:
  struct Reply {
    int status;
    boost::json::value body;
  };
  Reply Call(std::string method, std::string path, std::string body = "",
             std::vector<std::pair<std::string, std::string>> query = {}) {
    http::ServerRequest request;
    request.method = std::move(method);
    request.path = "/control/" + path;
    request.body = std::move(body);
    request.query = std::move(query);
    const auto response = control_.Handle(request);
    return {response.status, boost::json::parse(response.body)};
  }
  Reply Post(std::string path, std::string body = "") { return Call("POST", std::move(path), std::move(body)); }
  Reply Get(std::string path, std::vector<std::pair<std::string, std::string>> query = {}) {
    return Call("GET", std::move(path), "", std::move(query));
  }
  std::string AnOrder(const std::string& more = "") {
    const auto reply = Post("orders", R"({"seller_id":98979,"status":"InPreparation","lines":2)" + more + "}");
    return std::string{reply.body.at("items").at(0).at("order_id").as_string()};
  }

  cdiscount::fakes::FakeClock machine_{*ParseIso8601("2026-10-06T15:30:00Z")};
  SimulatedClock clock_{machine_};
  World world_{1};
  Faults faults_;
  Generator generator_{world_};
  ControlRoutes control_{world_, faults_, generator_, clock_};
};

}  // namespace cdiscount::simulator::fakes
