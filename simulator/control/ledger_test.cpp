#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "simulator/testing/control_test.hpp"

namespace cdiscount::simulator {
namespace {

class ControlLedgerTest : public fakes::ControlTest {};

TEST_F(ControlLedgerTest, PagesThroughTheLedgerAndFiltersItBySeller) {
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

TEST_F(ControlLedgerTest, TellsWhatWasShownAndTheLastStateOfEveryOrder) {
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

TEST_F(ControlLedgerTest, ListsCallsInOrderAndThoseWithAnEffectAlone) {
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

}  // namespace
}  // namespace cdiscount::simulator
