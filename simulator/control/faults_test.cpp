#include "simulator/testing/control_test.hpp"

namespace cdiscount::simulator {
namespace {

class ControlFaultsTest : public fakes::ControlTest {};

TEST_F(ControlFaultsTest, TakesTheOdderFaultsOdditiesAndWishes) {
  Post("seed", R"({"orders":0})");
  const auto order = AnOrder(R"(,"canary":"CANARY7")");
  EXPECT_EQ(Post("faults", R"({"kind":"body","body":"hi","content_type":"text/plain","status":404})").status, 201);
  EXPECT_EQ(Post("faults", R"({"kind":"wrong_date","ms":-1000})").status, 201);
  EXPECT_EQ(Post("faults", R"({"kind":"wrong_date","date":"1970-01-01T00:00:00Z"})").status, 201);
  EXPECT_EQ(Post("faults", R"({"kind":"wrong_date","date":"yesterday"})").status, 400);
  EXPECT_EQ(Post("faults", R"({"kind":"slow","ms":-1000})").status, 400);
  EXPECT_EQ(Post("orders/" + order + "/oddity", R"({"broken_brackets":true,"flicker":3})").status, 200);
  EXPECT_TRUE(world_.orders().Find(order)->oddity.broken_brackets);
  EXPECT_EQ(Post("orders/" + order + "/busy", R"({"every_ms":1000})").status, 200);
  EXPECT_EQ(Post("orders/" + order + "/busy", "{}").status, 400);
  EXPECT_EQ(Post("orders/NONE/busy", R"({"every_ms":1000})").status, 404);
  const auto back = Post("orders/" + order + "/change", R"({"status":"Shipped","stamp_back_ms":300000})");
  EXPECT_EQ(back.body.at("updated_at").as_string(), "2026-10-06T15:25:00Z");
}

TEST_F(ControlFaultsTest, ListsFaultsWithHowOftenTheyFiredAndClearsThem) {
  const auto added = Post("faults", R"({"kind":"429","route":"orders.list","count":3,"seconds":2,"seller":98979})");
  EXPECT_EQ(added.status, 201);
  faults_.Fire(FaultKind::k429, {"orders.list", 98979, ""});
  Post("faults", R"({"kind":"slow","forever":true,"ms":50})");

  const auto items = Get("faults").body.at("items").as_array();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items.at(0).at("fired").as_int64(), 1);
  EXPECT_EQ(items.at(0).at("remaining").as_int64(), 2);
  EXPECT_TRUE(items.at(1).at("remaining").is_null());

  EXPECT_EQ(Call("DELETE", "faults/1").status, 200);
  EXPECT_EQ(Call("DELETE", "faults").body.at("removed").as_int64(), 1);
}

}  // namespace
}  // namespace cdiscount::simulator
