// Answers that a client must survive, although no source says that they come: wrong labels, clocks, pages, stamps and
// ids.
#include "simulator/testing/routes_test.hpp"

namespace cdiscount::simulator {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::StartsWith;
using enum OrderStatus;

class OddAnswersTest : public fakes::RoutesTest {
 protected:
  OddAnswersTest() {
    for (int i = 0; i < 6; ++i) {
      ids_.push_back(AnOrder(kInPreparation, {.lines = 1}).id());
      Pass(std::chrono::seconds{1});
    }
  }
  void Inject(Fault fault) { faults_.Add(std::move(fault)); }
  http::ServerResponse List(const char* index = "1", const char* size = "3") {
    return Get("/orders", {{"pageIndex", index}, {"pageSize", size}, {"sort", "asc:updatedAt"}});
  }
  Oddity& OddityOf(std::size_t i) { return world_.orders().Find(ids_[i])->oddity; }
  static bool IsJson(const std::string& text) {
    boost::system::error_code failure;
    boost::json::parse(text, failure);
    return !failure;
  }

  std::vector<std::string> ids_;
};

TEST_F(OddAnswersTest, ABodyIsAnsweredAsItWasGiven) {
  Inject({.kind = FaultKind::kBody, .route = "orders.count", .body = "<html>hello", .content_type = "text/html"});
  const auto response = Get("/orders/count");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "<html>hello");
  EXPECT_EQ(Type(response), "text/html");
}

TEST_F(OddAnswersTest, AByteOrderMarkStandsBeforeABodyThatCountsAsShown) {
  Inject({.kind = FaultKind::kBom});
  const auto body = List().body;
  EXPECT_THAT(body, StartsWith("\xEF\xBB\xBF{"));
  EXPECT_TRUE(IsJson(body.substr(3)));
  EXPECT_EQ(world_.ledger().shown().size(), 3U);
}

TEST_F(OddAnswersTest, TheDateIsShiftedOrReplaced) {
  Inject({.kind = FaultKind::kWrongDate, .remaining = 1, .ms = 2LL * 86'400'000});
  EXPECT_EQ(List().headers.Get("Date"), "Thu, 08 Oct 2026 15:30:06 GMT");
  Inject({.kind = FaultKind::kWrongDate, .remaining = 1, .date = SysTime{}});
  EXPECT_EQ(List().headers.Get("Date"), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(List().headers.Get("Date"), "Tue, 06 Oct 2026 15:30:06 GMT");
}

TEST_F(OddAnswersTest, ACapOnThePageSizeCountsForTheIndexToo) {
  Inject({.kind = FaultKind::kPageSizeCap, .size = 2});
  EXPECT_THAT(Ids(List("1", "100")), ElementsAre(ids_[0], ids_[1]));
  EXPECT_THAT(Ids(List("3", "100")), ElementsAre(ids_[4], ids_[5]));
  EXPECT_THAT(Ids(List("4", "100")), ElementsAre());
}

TEST_F(OddAnswersTest, AnIndexBeyondTheLastPageIsClampedToIt) {
  Inject({.kind = FaultKind::kClampedIndex});
  EXPECT_THAT(Ids(List("2", "4")), ElementsAre(ids_[4], ids_[5]));
  EXPECT_THAT(Ids(List("412", "4")), ElementsAre(ids_[4], ids_[5]));
}

TEST_F(OddAnswersTest, AQuoteTooManyTurnsTheBracketsBehindItIntoText) {
  OddityOf(1).broken_brackets = true;
  EXPECT_FALSE(IsJson(List().body));
  EXPECT_FALSE(IsJson(Get("/orders/" + ids_[1]).body));
  EXPECT_TRUE(IsJson(Get("/orders/" + ids_[0]).body));
  const auto shown = world_.orders().Find(ids_[1])->order;
  const auto text = ShownText(shown, {.broken_brackets = true});
  EXPECT_EQ(std::count(text.begin(), text.end(), '"') % 2, 1);
}

TEST_F(OddAnswersTest, AnOrderNamesAnotherSellerAnotherChannelOrACharacterThatNoDatabaseTakes) {
  OddityOf(0).other_seller = true;
  OddityOf(1).other_channel = true;
  OddityOf(2).nul_in_id = true;
  const auto items = Json(List()).at("items").as_array();
  EXPECT_EQ(items.at(0).at("seller").at("id").as_string(), "98980");
  EXPECT_EQ(items.at(1).at("salesChannel").at("id").as_string(), "ELSEWHERE");
  EXPECT_EQ(std::string{items.at(2).at("orderId").as_string()}, ids_[2] + '\0');
  EXPECT_TRUE(world_.ledger().shown().empty()) << "none of them is to be taken as an order of ours";
}

TEST_F(OddAnswersTest, AFlickerShowsItsContentsInTurnUnderOneStamp) {
  OddityOf(0).flicker = 3;
  std::vector<std::string> contents, stamps;
  for (int i = 0; i < 4; ++i) {
    const auto order = Json(Get("/orders/" + ids_[0]));
    contents.emplace_back(order.at("customer").at("reference").as_string());
    stamps.emplace_back(order.at("updatedAt").as_string());
  }
  EXPECT_THAT(contents, ElementsAre(EndsWith("-0"), EndsWith("-1"), EndsWith("-2"), contents[0]));
  EXPECT_THAT(stamps, ::testing::Each(stamps[0]));
}

TEST_F(OddAnswersTest, ABusyOrderChangesAtEveryIntervalUntilItIsLeftAlone) {
  world_.KeepBusy(ids_[0], std::chrono::seconds{1}, now_);
  const auto version = [&] {
    Get("/sellers");
    return world_.orders().Find(ids_[0])->visible_version;
  };
  EXPECT_EQ(version(), 2U);
  EXPECT_EQ(version(), 2U);
  Pass(std::chrono::seconds{1});
  EXPECT_EQ(version(), 3U);
  world_.KeepBusy(ids_[0], std::chrono::milliseconds{0}, now_);
  Pass(std::chrono::seconds{1});
  EXPECT_EQ(version(), 3U);
}

TEST_F(OddAnswersTest, AStampStepsBackWithANewStatus) {
  const auto before = world_.orders().Find(ids_[5])->order.updated_at();
  ASSERT_TRUE(world_.ChangeOrder(ids_[5], {.status = kShipped, .stamp_back = std::chrono::minutes{5}}, now_));
  EXPECT_EQ(world_.orders().Find(ids_[5])->order.updated_at(), before - std::chrono::minutes{5});
  EXPECT_EQ(Ids(List()).front(), ids_[5]) << "the list is sorted by the stamps as they are now";
}

TEST_F(OddAnswersTest, PersonalFieldsBeginWithTheCanary) {
  const auto& order =
      AnOrder(kInPreparation, {.lines = 1, .business = true, .pickup = true, .canary = "CANARY7"}).order;
  const auto shown = Json(Get("/orders/" + order.id()));
  const auto& billing = shown.at("billingAddress").as_object();
  for (const char* key : {"civility", "firstName", "lastName", "companyName", "companyVatNumber", "addressLine1",
                          "addressLine2", "addressLine3", "postalCode", "city", "stateOrRegion"}) {
    EXPECT_THAT(std::string{billing.at(key).as_string()}, StartsWith("CANARY7-")) << key;
  }
  const auto& shipping = shown.at("lines").at(0).at("shippingAddress").as_object();
  for (const char* key : {"phone", "email", "pickupName", "lastName"}) {
    EXPECT_THAT(std::string{shipping.at(key).as_string()}, StartsWith("CANARY7-")) << key;
  }
}

}  // namespace
}  // namespace cdiscount::simulator
