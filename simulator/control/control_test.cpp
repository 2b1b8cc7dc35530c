#include "simulator/control/control.hpp"

#include <array>
#include <string>
#include <vector>

#include "simulator/testing/control_test.hpp"

namespace cdiscount::simulator {
namespace {

using fakes::ControlTest;

TEST_F(ControlTest, NamesTheFieldThatIsWrong) {
  Post("seed", "{}");
  const auto id = AnOrder();
  const std::vector<std::array<std::string, 3>> rows = {
      {"seed", R"({"sellers":-1})", "sellers"},
      {"seed", R"({"states":{"Open":1}})", "states"},
      {"seed", R"({"shops":1})", "shops"},
      {"seed", "[1]", "body"},
      {"seed", "{", "body"},
      {"sellers", R"({"seller_sub_state":"Holidays"})", "seller_id"},
      {"sellers", R"({"seller_id":1,"seller_sub_state":"Away"})", "seller_sub_state"},
      {"clients", R"({"client_id":"c","sellers":[4711]})", "sellers"},
      {"clients/sim-client-0001/unlink", R"({})", "seller_id"},
      {"orders", R"({"seller_id":4711})", "seller_id"},
      {"orders", R"({"seller_id":98979,"status":"Open"})", "status"},
      {"orders", R"({"seller_id":98979,"lines":"two"})", "lines"},
      {"orders/" + id + "/change", R"({})", "status"},
      {"orders/" + id + "/change", R"({"status":"Open"})", "status"},
      {"orders/" + id + "/oddity", R"({"purple":true})", "purple"},
      {"changes", R"({"changes":[{"order_id":"NONE","next":true}]})", "order_id"},
      {"generate", R"({"orders_per_s":-1})", "orders_per_s"},
      {"generate", R"({"sellers":[4711]})", "sellers"},
      {"burst", R"({"orders":1.5})", "orders"},
      {"clock", R"({"set":"noon"})", "set"},
      {"config", R"({"calls_per_window":-5})", "calls_per_window"},
      {"faults", R"({"kind":"flood"})", "kind"},
      {"faults", R"({"kind":"500","route":"offers.list"})", "route"},
      {"faults", R"({"kind":"500","count":0})", "count"},
      {"faults", R"({"kind":"page_shift","route":"carriers"})", "kind"},
      {"faults", R"({})", "kind"}};
  for (const auto& [path, body, field] : rows) {
    const auto reply = Post(path, body);
    EXPECT_EQ(reply.status, 400) << path << " " << body;
    ASSERT_TRUE(reply.body.as_object().contains("field")) << path << " " << body;
    EXPECT_EQ(reply.body.at("field").as_string(), field) << path << " " << body;
  }
  const auto list = Get("ledger/versions", {{"limit", "0"}});
  EXPECT_EQ(list.status, 400);
  EXPECT_EQ(list.body.at("field").as_string(), "limit");
}

TEST_F(ControlTest, AnswersNotFoundForRoutesAndThingsThatAreNotThere) {
  for (const auto* path : {"nothing", "orders/NONE", "ledger/nothing", "clients/a/b/c"})
    EXPECT_EQ(Get(path).status, 404) << path;
  EXPECT_EQ(Post("orders/NONE/change", R"({"next":true})").status, 404);
  EXPECT_EQ(Post("clients/NONE/secret").status, 404);
  EXPECT_EQ(Call("DELETE", "faults/12").status, 404);
}

}  // namespace
}  // namespace cdiscount::simulator
