// Do we read what the marketplace sends? What is read of each sample stands in tests/golden/records/
// (records_test.cpp).
#include <gmock/gmock.h>

#include <cstdint>
#include <random>

#include "core/testing/result_matchers.hpp"
#include "marketplace/order_content.hpp"
#include "marketplace/rest/orders_json.hpp"
#include "marketplace/testing/opened.hpp"
#include "samples.hpp"

namespace cdiscount::contract {
namespace {

using fakes::Opened;
using fakes::Succeeds;
using marketplace::rest::ReadOrder;
using marketplace::rest::ReadOrdersPage;
using ::testing::IsEmpty;

TEST(OctopiaOrder, OfEverySampleIsReadWithoutAWarning) {
  for (const auto* name : {"COMPOSED-order-every-field.json", "COMPOSED-order-inpreparation.json",
                           "COMPOSED-order-shipped-pickup.json", "COMPOSED-order-waitingacceptance.json"}) {
    const auto answer = ReadOrder(OctopiaSample(name));
    ASSERT_THAT(answer, Succeeds()) << name;
    EXPECT_THAT(answer->warnings, IsEmpty()) << name;
  }
}

TEST(OctopiaOrdersPage, HoldsTheSameOrderAsTheOrderItself) {
  const auto page = ReadOrdersPage(OctopiaSample("COMPOSED-orders-page.json"));
  const auto order = ReadOrder(OctopiaSample("COMPOSED-order-inpreparation.json"));

  ASSERT_THAT(page, Succeeds());
  EXPECT_EQ(page->item_count, 1U);
  EXPECT_THAT(page->unreadable, IsEmpty());
  ASSERT_EQ(page->orders.size(), 1U);
  EXPECT_EQ(marketplace::BytesOf(page->orders[0].order), marketplace::BytesOf(order->observed.order));
  EXPECT_EQ(Opened(page->orders[0].recipients).SerializeAsString(),
            Opened(order->observed.recipients).SerializeAsString());
}

TEST(OctopiaOrdersPage, IsReadAsAnotherClientRecordedIt) {
  const auto page = ReadOrdersPage(OctopiaSample("orders-page-odoo-fixture.json"));

  ASSERT_THAT(page, Succeeds());
  EXPECT_THAT(page->warnings, IsEmpty());
  EXPECT_EQ(page->orders.size(), 1U);
}

/// Whatever becomes of a page on its way, each item is read, kept as unreadable, in the rest of a list that breaks, or
/// the page is refused.
TEST(OctopiaOrdersPage, LosesNoItemWhateverBytesAreDamaged) {
  const auto one = OctopiaSample("COMPOSED-order-shipped-pickup.json");
  const std::string good = R"({"itemsPerPage":3,"items":[)" + one + "," + one + "," + one + "]}";
  constexpr std::uint64_t kSeed = 20261006;
  std::mt19937_64 random(kSeed);
  const std::string replacements = std::string("{}[],:\"\\0-eE.ntfu \n\x80\xff") + '\0';
  std::size_t read = 0;
  std::size_t refused = 0;
  std::size_t cut = 0;

  for (int round = 0; round < 3000; ++round) {
    auto damaged = good;
    for (auto times = random() % 3 + 1; times > 0; --times) {
      auto& byte = damaged[random() % damaged.size()];
      byte = replacements[random() % replacements.size()];
    }
    const auto page = ReadOrdersPage(damaged);
    if (!page) {
      ++refused;
      EXPECT_EQ(page.error().code, ErrorCode::kUnreadable);
      continue;
    }
    ++read;
    if (page->cut) ++cut;
    EXPECT_EQ(page->orders.size() + page->unreadable.size(), page->item_count)
        << "seed " << kSeed << " round " << round;
    EXPECT_TRUE(page->cut || page->item_count >= 1) << "seed " << kSeed << " round " << round;
  }
  EXPECT_GT(read - cut, 100U);
  EXPECT_GT(cut, 100U);
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace cdiscount::contract
