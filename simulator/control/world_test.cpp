#include <map>

#include "simulator/testing/control_test.hpp"

namespace cdiscount::simulator {
namespace {

class ControlWorldTest : public fakes::ControlTest {};

TEST_F(ControlWorldTest, SeedsSellersClientIdsAndAPast) {
  const auto reply = Post("seed", R"({"seed":7,"sellers":20,"clients":3,"orders":500,"since_s":3600})");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.at("clients").as_array().size(), 3U);
  EXPECT_EQ(reply.body.at("clients").at(0).at("sellers").as_array().size(), 7U);
  EXPECT_EQ(world_.sellers().size(), 20U);
  EXPECT_EQ(world_.orders().records().size(), 500U);
  std::map<OrderStatus, int> states;
  for (const auto& record : world_.orders().records()) ++states[record.order.status()];
  EXPECT_EQ(states.size(), 9U);
  const auto& oldest = world_.orders().records().front().order;
  EXPECT_EQ(FormatIso8601(oldest.updated_at()), "2026-10-06T14:30:00Z");
}

TEST_F(ControlWorldTest, SeedsTheStatesThatAreAskedFor) {
  Post("seed", R"({"orders":50,"states":{"Delivered":1,"Cancelled":3}})");

  for (const auto& record : world_.orders().records()) {
    EXPECT_TRUE(record.order.status() == OrderStatus::kDelivered || record.order.status() == OrderStatus::kCancelled);
  }
}

TEST_F(ControlWorldTest, RotatesSecretsAndLinksSellers) {
  Post("seed", R"({"sellers":2})");
  const auto before = world_.credentials().Find("sim-client-0001")->secret;

  EXPECT_EQ(Post("clients/sim-client-0001/secret", R"({"client_secret":"changed"})").status, 200);
  EXPECT_EQ(world_.credentials().Find("sim-client-0001")->secret, Secret{"changed"});
  Post("clients/sim-client-0001/secret");
  EXPECT_NE(world_.credentials().Find("sim-client-0001")->secret, Secret{"changed"});
  EXPECT_NE(world_.credentials().Find("sim-client-0001")->secret, before);

  Post("clients/sim-client-0001/unlink", R"({"seller_id":98980})");
  EXPECT_FALSE(world_.credentials().Find("sim-client-0001")->sellers.contains(98980));
  Post("clients/sim-client-0001/link", R"({"seller_id":98980})");
  EXPECT_TRUE(world_.credentials().Find("sim-client-0001")->sellers.contains(98980));
  EXPECT_EQ(Post("clients", R"({"client_id":"mine","client_secret":"s","sellers":[98979]})").status, 200);
  EXPECT_EQ(Get("clients").body.at("items").as_array().size(), 2U);
}

TEST_F(ControlWorldTest, SendsASellerOnHoliday) {
  Post("seed", "{}");
  Post("sellers", R"({"seller_id":98979,"seller_sub_state":"Holidays","auto_accept_order":false})");

  EXPECT_EQ(world_.FindSeller(98979)->sub_state, "Holidays");
  EXPECT_EQ(Get("sellers").body.at("items").at(0).at("auto_accept_order").as_bool(), false);
}

}  // namespace
}  // namespace cdiscount::simulator
