// The faults that the README lists.
#include <algorithm>
#include <set>

#include "simulator/testing/routes_test.hpp"

namespace cdiscount::simulator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using enum OrderStatus;

class FaultTest : public fakes::RoutesTest {
 protected:
  FaultTest() {
    for (int i = 0; i < 6; ++i) {
      ids_.push_back(AnOrder(kInPreparation, {.lines = 1}).id());
      Pass(std::chrono::seconds{1});
    }
  }
  void Inject(Fault fault) {
    if (!fault.remaining) fault.remaining = 1;
    faults_.Add(std::move(fault));
  }
  http::ServerResponse List(const char* index = "1", const char* size = "3") {
    return Get("/orders", {{"pageIndex", index}, {"pageSize", size}, {"sort", "asc:updatedAt"}});
  }
  std::uint64_t Fired() const { return faults_.list().back().fired; }

  std::vector<std::string> ids_;
};

TEST_F(FaultTest, TooManyRequestsTellsHowLongToWait) {
  Inject({.kind = FaultKind::k429, .seconds = 7});

  const auto response = List();
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.Get("Retry-After"), "7");
  EXPECT_EQ(Json(response).at("statusCode").as_int64(), 429);
  EXPECT_EQ(List().status, 200) << "once was asked";
}

TEST_F(FaultTest, TooManyRequestsCanKeepQuietAboutTheWait) {
  Inject({.kind = FaultKind::k429, .seconds = 0});

  EXPECT_EQ(List().headers.Get("Retry-After"), std::nullopt);
}

TEST_F(FaultTest, QuotaIsAForbiddenWithACountdown) {
  Inject({.kind = FaultKind::kQuota403, .seconds = 695});

  const auto response = List();
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(response.body, HasSubstr("Out of call volume quota. Quota will be replenished in 00:11:35."));
}

TEST_F(FaultTest, ServerErrorsAreAProblemAPageOfHtmlOrNothingAtAll) {
  Inject({.kind = FaultKind::k500});
  const auto problem = List();
  EXPECT_EQ(problem.status, 500);
  EXPECT_THAT(Type(problem), HasSubstr("problem+json"));

  Inject({.kind = FaultKind::k502Html});
  const auto html = List();
  EXPECT_EQ(html.status, 502);
  EXPECT_THAT(Type(html), HasSubstr("text/html"));
  EXPECT_THAT(html.body, HasSubstr("<html>"));

  Inject({.kind = FaultKind::kEmptyBody});
  const auto empty = List();
  EXPECT_EQ(empty.status, 200);
  EXPECT_EQ(empty.body, "");
}

TEST_F(FaultTest, SlowAnswersAreAsTrueAsOthers) {
  Inject({.kind = FaultKind::kSlow, .ms = 1500});

  const auto answer = Ask(Request("GET", "/seller/v2/orders"));
  EXPECT_EQ(answer.delay, std::chrono::milliseconds{1500});
  EXPECT_EQ(answer.response.status, 200);
}

TEST_F(FaultTest, CutConnectionsShowNothingAndAreWrittenDownWithoutAStatus) {
  Inject({.kind = FaultKind::kCutConnection});
  EXPECT_EQ(List().delivery, http::Delivery::kCloseWithoutAnswer);
  Inject({.kind = FaultKind::kCutMiddle});
  EXPECT_EQ(List().delivery, http::Delivery::kCloseInTheMiddle);

  EXPECT_TRUE(world_.ledger().shown().empty());
  EXPECT_EQ(world_.ledger().reads().back().status, 0);
  EXPECT_THAT(world_.ledger().reads().back().faults, ElementsAre("cut_middle"));
}

TEST_F(FaultTest, UnauthorizedOnceMakesTheTokenWorthless) {
  Inject({.kind = FaultKind::k401Once});

  EXPECT_EQ(List().status, 401);
  EXPECT_EQ(List().status, 401) << "the same token again";
  token_ = Json(TokenCall("right")).at("access_token").as_string();
  EXPECT_EQ(List().status, 200);
}

TEST_F(FaultTest, UnsortedPageHoldsTheSameOrdersInAnotherOrder) {
  Inject({.kind = FaultKind::kUnsortedPage});

  auto page = Ids(List());
  EXPECT_FALSE(std::is_sorted(page.begin(), page.end()));
  EXPECT_THAT(page, ::testing::UnorderedElementsAre(ids_[0], ids_[1], ids_[2]));
  EXPECT_THAT(Ids(List()), ElementsAre(ids_[0], ids_[1], ids_[2]));
}

TEST_F(FaultTest, IgnoredSortListsTheNewestFirst) {
  Inject({.kind = FaultKind::kIgnoreSort});

  EXPECT_THAT(Ids(List()), ElementsAre(ids_[5], ids_[4], ids_[3]));
}

TEST_F(FaultTest, PageShiftHidesAnOrderFromASweepByIndex) {
  Inject({.kind = FaultKind::kPageShift});

  EXPECT_THAT(Ids(List("1")), ElementsAre(ids_[0], ids_[1], ids_[2]));
  EXPECT_THAT(Ids(List("2")), ElementsAre(ids_[4], ids_[5], ids_[0])) << "the fourth was on neither page";
  EXPECT_EQ(world_.ledger().versions().back().order_id, ids_[0]);
  EXPECT_EQ(world_.ledger().versions().back().version, 2U);
}

TEST_F(FaultTest, PageShiftWaitsForAFullPage) {
  Inject({.kind = FaultKind::kPageShift});

  List("1", "100");
  EXPECT_EQ(Fired(), 0U);
}

TEST_F(FaultTest, LateOrderAppearsWithOldStamps) {
  Inject({.kind = FaultKind::kLateOrder, .ms = 3'600'000});

  const auto page = Ids(List());
  EXPECT_THAT(ids_, Not(::testing::Contains(page.front())));
  EXPECT_EQ(world_.orders().Find(page.front())->order.updated_at(),
            std::chrono::floor<std::chrono::seconds>(now_) - std::chrono::hours{1});
  EXPECT_EQ(world_.ledger().versions().back().visible_at, now_);
}

TEST_F(FaultTest, SameOrderEndsOnePageAndBeginsTheNext) {
  Inject({.kind = FaultKind::kSameOrderOnTwoPages});

  EXPECT_THAT(Ids(List("1")), ElementsAre(ids_[0], ids_[1], ids_[2]));
  EXPECT_EQ(Fired(), 0U);
  EXPECT_THAT(Ids(List("2")), ElementsAre(ids_[2], ids_[3], ids_[4]));
}

TEST_F(FaultTest, MalformedJsonEndsInTheMiddle) {
  Inject({.kind = FaultKind::kMalformedJson});
  const auto response = List();
  boost::system::error_code failure;
  boost::json::parse(response.body, failure);

  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(failure);
  EXPECT_TRUE(world_.ledger().shown().empty());
}

TEST_F(FaultTest, MalformedItemSpoilsThePageAndIsAloneToBlame) {
  Inject({.kind = FaultKind::kMalformedJson, .item = 1});
  const auto response = List();
  boost::system::error_code failure;
  boost::json::parse(response.body, failure);

  EXPECT_TRUE(failure);
  EXPECT_THAT(world_.ledger().shown(), ElementsAre(1U, 3U));
}

TEST_F(FaultTest, AnUnreadableOrderStaysSoUntilThatIsTakenBack) {
  world_.orders().Find(ids_[1])->oddity.broken_json = true;
  boost::system::error_code failure;
  boost::json::parse(Get("/orders/" + ids_[1]).body, failure);
  EXPECT_TRUE(failure);
  EXPECT_EQ(Json(Get("/orders/" + ids_[0])).at("orderId").as_string(), ids_[0]);

  world_.orders().Find(ids_[1])->oddity = {};
  EXPECT_EQ(Json(Get("/orders/" + ids_[1])).at("orderId").as_string(), ids_[1]);
}

TEST_F(FaultTest, UnknownWordsAndKeysAndNullsAreMarkedAsAltered) {
  Inject({.kind = FaultKind::kUnknownEnum, .item = 2});
  Inject({.kind = FaultKind::kUnknownFields});
  const auto items = Json(List()).at("items").as_array();
  EXPECT_EQ(items.at(2).at("status").as_string(), "UnderReview");
  EXPECT_EQ(items.at(0).at("status").as_string(), "InPreparation");
  EXPECT_TRUE(items.at(0).as_object().contains("x_unknownField"));

  Inject({.kind = FaultKind::kNullFields});
  EXPECT_TRUE(Json(List()).at("items").at(0).at("salesChannel").is_null());
  Inject({.kind = FaultKind::kAbsentFields});
  EXPECT_FALSE(Json(List()).at("items").at(0).as_object().contains("salesChannel"));
  EXPECT_EQ(world_.ledger().version(1).altered_count, 3U);

  EXPECT_TRUE(Json(List()).at("items").at(0).at("salesChannel").is_object());
}

TEST_F(FaultTest, StrikesTheRouteTheSellerAndTheClientThatItNames) {
  faults_.Add({.kind = FaultKind::k500, .route = "orders.count"});
  EXPECT_EQ(List().status, 200);
  EXPECT_EQ(Get("/orders/count").status, 500);
  faults_.Clear();

  faults_.Add({.kind = FaultKind::k500, .route = "orders.*"});
  EXPECT_EQ(List().status, 500);
  EXPECT_EQ(Get("/sellers").status, 200);
  faults_.Clear();

  faults_.Add({.kind = FaultKind::k500, .seller = kStranger});
  faults_.Add({.kind = FaultKind::k500, .client_id = "other-shop"});
  EXPECT_EQ(List().status, 200);
  faults_.Clear();

  faults_.Add({.kind = FaultKind::k500, .route = "token", .client_id = "my-shop"});
  EXPECT_EQ(TokenCall("right").status, 500);
}

TEST_F(FaultTest, StrikesAsOftenAsAskedAndAfterTheCallsToSkip) {
  Inject({.kind = FaultKind::k500, .remaining = 2, .skip = 1});

  std::vector<int> statuses;
  for (int i = 0; i < 5; ++i) statuses.push_back(List().status);
  EXPECT_THAT(statuses, ElementsAre(200, 500, 500, 200, 200));
  EXPECT_EQ(Fired(), 2U);
}

TEST_F(FaultTest, StrikesAShareOfTheCalls) {
  faults_.Add({.kind = FaultKind::k500, .percent = 25});
  world_.limits.calls_per_window = 0;
  int struck = 0;
  for (int i = 0; i < 1000; ++i) struck += Get("/orders/count").status == 500 ? 1 : 0;

  EXPECT_GT(struck, 180);
  EXPECT_LT(struck, 320);
}

TEST(FaultKinds, HaveNamesThatAreReadBack) {
  const auto names = FaultKindNames();
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
  for (const auto name : names) EXPECT_EQ(ToText(ParseFaultKind(name).value()), name);
  EXPECT_EQ(ParseFaultKind("flood"), std::nullopt);
}

}  // namespace
}  // namespace cdiscount::simulator
