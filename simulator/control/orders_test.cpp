#include "simulator/testing/control_test.hpp"

namespace cdiscount::simulator {
namespace {

using ::testing::HasSubstr;

class ControlOrdersTest : public fakes::ControlTest {};

TEST_F(ControlOrdersTest, CreatesAndChangesOrders) {
  Post("seed", "{}");
  const auto id = AnOrder(R"(,"pickup":true,"business":false)");

  const auto changed = Post("orders/" + id + "/change", R"({"status":"Shipped"})");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body.at("version").as_int64(), 2);
  EXPECT_EQ(changed.body.at("status").as_string(), "Shipped");
  EXPECT_EQ(changed.body.at("parcels").as_int64(), 2);
  EXPECT_EQ(Post("orders/" + id + "/change", R"({"status":"Accepted"})").status, 409);

  const auto told = Get("orders/" + id);
  EXPECT_EQ(told.body.at("versions").as_array().size(), 2U);
  EXPECT_EQ(told.body.at("visible_version").as_int64(), 2);
}

TEST_F(ControlOrdersTest, ChangesManyOrdersInOneCall) {
  Post("seed", "{}");
  const auto a = AnOrder(), b = AnOrder();

  const auto reply = Post("changes", R"({"changes":[{"order_id":")" + a + R"(","status":"Shipped"},{"order_id":")" + b +
                                         R"(","status":"Accepted"}]})");

  EXPECT_EQ(reply.body.at("items").at(0).at("status").as_string(), "Shipped");
  EXPECT_THAT(reply.body.at("items").at(1).at("error").as_string(), HasSubstr("cannot become Accepted"));
}

TEST_F(ControlOrdersTest, HoldsAVersionBackUntilItsTime) {
  Post("seed", "{}");
  const auto id = AnOrder();
  Post("orders/" + id + "/change", R"({"status":"Shipped","visible_after_ms":60000})");
  EXPECT_EQ(Get("orders/" + id).body.at("visible_version").as_int64(), 1);

  Post("clock", R"({"advance_ms":60000})");
  EXPECT_EQ(Get("orders/" + id).body.at("visible_version").as_int64(), 2);
}

}  // namespace
}  // namespace cdiscount::simulator
