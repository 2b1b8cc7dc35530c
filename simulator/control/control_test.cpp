#include "simulator/control/control.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "core/testing/fake_clock.hpp"
#include "core/time_text.hpp"
#include "simulator/control/fields.hpp"

namespace cdiscount::simulator {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

class ControlTest : public ::testing::Test {
 protected:
  struct Reply {
    int status;
    json::value body;
  };
  Reply Call(std::string method, std::string path, std::string body = "",
             std::vector<std::pair<std::string, std::string>> query = {}) {
    http::ServerRequest request;
    request.method = std::move(method);
    request.path = "/control/" + path;
    request.body = std::move(body);
    request.query = std::move(query);
    const auto response = control_.Handle(request);
    return {response.status, json::parse(response.body)};
  }
  Reply Post(std::string path, std::string body = "") { return Call("POST", std::move(path), std::move(body)); }
  Reply Get(std::string path, std::vector<std::pair<std::string, std::string>> query = {}) {
    return Call("GET", std::move(path), "", std::move(query));
  }
  std::string AnOrder(const std::string& more = "") {
    const auto reply = Post("orders", R"({"seller_id":98979,"status":"InPreparation","lines":2)" + more + "}");
    return std::string{reply.body.at("items").at(0).at("order_id").as_string()};
  }

  fakes::FakeClock machine_{*ParseIso8601("2026-10-06T15:30:00Z")};
  SimulatedClock clock_{machine_};
  World world_{1};
  Faults faults_;
  Generator generator_{world_};
  ControlRoutes control_{world_, faults_, generator_, clock_};
};

TEST_F(ControlTest, IsHealthyAndKnowsTheTime) {
  const auto reply = Get("health");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.at("now").as_string(), "2026-10-06T15:30:00Z");
}

TEST_F(ControlTest, TakesTheOdderFaultsOdditiesAndWishes) {
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

TEST_F(ControlTest, SeedsSellersClientIdsAndAPast) {
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

TEST_F(ControlTest, SeedsTheStatesThatAreAskedFor) {
  Post("seed", R"({"orders":50,"states":{"Delivered":1,"Cancelled":3}})");

  for (const auto& record : world_.orders().records()) {
    EXPECT_TRUE(record.order.status() == OrderStatus::kDelivered || record.order.status() == OrderStatus::kCancelled);
  }
}

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

TEST_F(ControlTest, CreatesAndChangesOrders) {
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

TEST_F(ControlTest, ChangesManyOrdersInOneCall) {
  Post("seed", "{}");
  const auto a = AnOrder(), b = AnOrder();

  const auto reply = Post("changes", R"({"changes":[{"order_id":")" + a + R"(","status":"Shipped"},{"order_id":")" + b +
                                         R"(","status":"Accepted"}]})");

  EXPECT_EQ(reply.body.at("items").at(0).at("status").as_string(), "Shipped");
  EXPECT_THAT(reply.body.at("items").at(1).at("error").as_string(), HasSubstr("cannot become Accepted"));
}

TEST_F(ControlTest, HoldsAVersionBackUntilItsTime) {
  Post("seed", "{}");
  const auto id = AnOrder();
  Post("orders/" + id + "/change", R"({"status":"Shipped","visible_after_ms":60000})");
  EXPECT_EQ(Get("orders/" + id).body.at("visible_version").as_int64(), 1);

  Post("clock", R"({"advance_ms":60000})");
  EXPECT_EQ(Get("orders/" + id).body.at("visible_version").as_int64(), 2);
}

TEST_F(ControlTest, MovesAndStopsTheClock) {
  Post("clock", R"({"freeze":true,"advance_ms":5000})");
  machine_.Advance(std::chrono::minutes{1});
  EXPECT_EQ(Get("clock").body.at("now").as_string(), "2026-10-06T15:30:05Z");

  Post("clock", R"({"freeze":false,"date_skew_ms":-1500})");
  machine_.Advance(std::chrono::seconds{2});
  const auto reply = Get("clock");
  EXPECT_EQ(reply.body.at("now").as_string(), "2026-10-06T15:30:07Z");
  EXPECT_EQ(reply.body.at("date_skew_ms").as_int64(), -1500);

  Post("clock", R"({"set":"2027-01-01T00:00:00Z"})");
  machine_.Advance(std::chrono::seconds{1});
  EXPECT_EQ(Get("clock").body.at("now").as_string(), "2027-01-01T00:00:01Z");
}

TEST_F(ControlTest, ListsFaultsWithHowOftenTheyFiredAndClearsThem) {
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

TEST_F(ControlTest, RotatesSecretsAndLinksSellers) {
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

TEST_F(ControlTest, SendsASellerOnHoliday) {
  Post("seed", "{}");
  Post("sellers", R"({"seller_id":98979,"seller_sub_state":"Holidays","auto_accept_order":false})");

  EXPECT_EQ(world_.FindSeller(98979)->sub_state, "Holidays");
  EXPECT_EQ(Get("sellers").body.at("items").at(0).at("auto_accept_order").as_bool(), false);
}

TEST_F(ControlTest, PagesThroughTheLedgerAndFiltersItBySeller) {
  Post("seed", R"({"sellers":2,"orders":25})");

  std::uint64_t after = 0;
  std::vector<std::uint64_t> seqs;
  for (bool more = true; more;) {
    const auto page = Get("ledger/versions", {{"after", std::to_string(after)}, {"limit", "10"}}).body;
    for (const auto& item : page.at("items").as_array()) seqs.push_back(item.at("seq").to_number<std::uint64_t>());
    after = page.at("next_after").to_number<std::uint64_t>();
    more = page.at("more").as_bool();
  }
  ASSERT_EQ(seqs.size(), 25U);
  EXPECT_EQ(seqs.front(), 1U);
  EXPECT_EQ(seqs.back(), 25U);

  std::size_t of_both = 0;
  for (const auto* seller : {"98979", "98980"}) {
    of_both += Get("ledger/versions", {{"seller", seller}}).body.at("items").as_array().size();
  }
  EXPECT_EQ(of_both, 25U);
}

TEST_F(ControlTest, TellsWhatWasShownAndTheLastStateOfEveryOrder) {
  Post("seed", "{}");
  const auto a = AnOrder(), b = AnOrder();
  Post("orders/" + a + "/change", R"({"status":"Shipped"})");
  world_.ledger().Show(2, "my-shop", 4, clock_.Now(), false);

  const auto shown = Get("ledger/shown").body.at("items").as_array();
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown.at(0).at("order_id").as_string(), b);
  EXPECT_EQ(shown.at(0).at("first_shown_to").as_string(), "my-shop");
  const auto last = Get("ledger/orders").body.at("items").as_array();
  ASSERT_EQ(last.size(), 2U);
  EXPECT_EQ(last.at(0).at("version").as_int64(), 2);
  EXPECT_EQ(last.at(0).at("versions_made").as_int64(), 2);
  const auto totals = Get("ledger/totals").body;
  EXPECT_EQ(totals.at("versions").as_int64(), 3);
  EXPECT_EQ(totals.at("versions_shown").as_int64(), 1);
}

TEST_F(ControlTest, ListsCallsInOrderAndThoseWithAnEffectAlone) {
  auto& ledger = world_.ledger();
  for (const auto* effect : {"", "shipped", "", ""}) {
    ToldCall call;
    call.id = ledger.OpenCall();
    call.status = 200;
    call.effect = effect;
    ledger.Tell(std::move(call));
  }
  const auto ids = [&](std::vector<std::pair<std::string, std::string>> query) {
    std::vector<std::int64_t> out;
    const auto reply = Get("ledger/calls", std::move(query));
    for (const auto& item : reply.body.at("items").as_array()) out.push_back(item.at("id").to_number<std::int64_t>());
    return out;
  };

  EXPECT_THAT(ids({}), ::testing::ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(ids({{"after", "1"}, {"limit", "2"}}), ::testing::ElementsAre(2, 3));
  EXPECT_THAT(ids({{"effects_only", "true"}}), ::testing::ElementsAre(2));
}

TEST_F(ControlTest, ReadsAndSetsTheLimitsAndChoices) {
  const auto reply =
      Post("config", R"({"calls_per_window":0,"token_lifetime_s":60,"acceptance_delay_ms":0,"strict_carriers":true})");

  EXPECT_EQ(reply.body.at("calls_per_window").as_int64(), 0);
  EXPECT_EQ(world_.limits.token_lifetime, std::chrono::seconds{60});
  EXPECT_EQ(Get("config").body.at("tokens_per_hour").as_int64(), 500);
  EXPECT_TRUE(world_.choices.strict_carriers);
}

TEST_F(ControlTest, StartsStopsAndBurstsTheGenerator) {
  Post("seed", R"({"sellers":3})");
  EXPECT_EQ(Post("generate", R"({"orders_per_s":10,"changes_per_s":5,"seed":3})").body.at("running").as_bool(), true);
  for (int i = 0; i < 100; ++i) generator_.Tick(std::chrono::milliseconds{20}, clock_.Now());

  const auto running = Get("generate").body;
  EXPECT_NEAR(static_cast<double>(running.at("orders_made").as_int64()), 20, 1);
  EXPECT_NEAR(static_cast<double>(running.at("changes_made").as_int64()), 10, 1);
  EXPECT_EQ(Call("DELETE", "generate").body.at("running").as_bool(), false);
  generator_.Tick(std::chrono::seconds{10}, clock_.Now());
  EXPECT_LE(world_.orders().records().size(), 21U);

  const auto burst = Post("burst", R"({"orders":7,"changes":4,"sellers":[98980]})").body;
  EXPECT_EQ(burst.at("orders").as_int64(), 7);
  EXPECT_EQ(burst.at("changes").as_int64(), 4);
}

TEST_F(ControlTest, BurstMakesNoMoreChangesThanOrdersCanBear) {
  Post("seed", "{}");
  AnOrder();

  const auto burst = Post("burst", R"({"changes":100000})").body;
  EXPECT_LT(burst.at("changes").as_int64(), 50);
  EXPECT_EQ(Post("burst", R"({"changes":1})").body.at("changes").as_int64(), 0);
}

TEST(GeneratorOnlyShown, WaitsUntilTheLastVersionWasShown) {
  World world;
  world.AddSeller(1, SysTime{});
  auto& record = world.CreateOrder({.seller = 1, .status = OrderStatus::kProcessing}, SysTime{});
  Generator generator{world};
  generator.Start({.changes_per_s = 1000, .only_shown = true}, 1);

  generator.Tick(std::chrono::milliseconds{100}, SysTime{});
  EXPECT_EQ(record.versions, 1U);
  world.ledger().Show(record.visible_seq, "my-shop", 1, SysTime{}, false);
  generator.Tick(std::chrono::milliseconds{100}, SysTime{});
  EXPECT_EQ(record.versions, 2U);
}

TEST(Fields, RefuseAFieldThatTheCallDoesNotHave) {
  auto fields = Fields::Parse(R"({"known":1,"unknown":2})");
  ASSERT_TRUE(fields);
  int known = 0;
  fields->Read("known", known, 0, 10);

  const auto wrong = fields->Wrong();
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->field, "unknown");
}

}  // namespace
}  // namespace cdiscount::simulator
