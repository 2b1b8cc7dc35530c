// docs/marketplace.md#approval and #shipments, and the faults that strike after an effect.
#include "simulator/testing/routes_test.hpp"

namespace cdiscount::simulator {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using enum OrderStatus;

class ApprovalTest : public fakes::RoutesTest {
 protected:
  http::ServerResponse Decide(const std::string& id, const std::string& decision) {
    return Post("/orders/" + id + "/approval-status", R"({"approval_status":")" + decision + R"("})");
  }
  OrderStatus StatusOf(const std::string& id) {
    return *ParseOrderStatus(Json(Get("/orders/" + id)).at("status").as_string());
  }
};

class ShipmentsTest : public fakes::RoutesTest {
 protected:
  static std::string Parcel(const std::string& lines = "") {
    return R"([{"parcelNumber":"P1","carrierName":"Colissimo","trackingUrl":"https://t.example.invalid/P1")" +
           (lines.empty() ? "" : R"(,"orderLineIds":[)" + lines + "]") + "}]";
  }
  http::ServerResponse Ship(const std::string& id, const std::string& body) {
    return Post("/orders/" + id + "/shipments", body);
  }
  std::string Shippable(int lines = 1) {
    return AnOrder(kInPreparation, {.lines = lines, .supply = SupplyMode::kSeller}).id();
  }
};

TEST_F(ApprovalTest, LeadsToAcceptedAndAfterADelayToInPreparation) {
  const auto id = AnOrder(kWaitingAcceptance).id();

  const auto response = Decide(id, "Accepted");

  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(StatusOf(id), kAccepted);
  Pass(world_.choices.acceptance_delay);
  EXPECT_EQ(StatusOf(id), kInPreparation);
  EXPECT_EQ(world_.ledger().versions().size(), 3U);
}

TEST_F(ApprovalTest, CanRefuseTheOrderForGood) {
  const auto id = AnOrder(kWaitingAcceptance).id();

  EXPECT_EQ(Decide(id, "Refused").status, 201);
  Pass(std::chrono::hours{1});
  EXPECT_EQ(StatusOf(id), kRefused);
}

TEST_F(ApprovalTest, IsRefusedTheSecondTimeAndInEveryOtherState) {
  const auto id = AnOrder(kWaitingAcceptance).id();
  Decide(id, "Accepted");

  const auto second = Decide(id, "Accepted");
  EXPECT_EQ(second.status, 409);
  EXPECT_THAT(Type(second), StartsWith("application/problem+json"));
  EXPECT_EQ(Decide(AnOrder(kShipped).id(), "Refused").status, 409);
  EXPECT_EQ(Decide("NONE", "Accepted").status, 404);
  world_.choices.approval_conflict_status = 422;
  EXPECT_EQ(Decide(id, "Refused").status, 422);
}

TEST_F(ApprovalTest, TakesTheTwoWordsOnly) {
  const auto id = AnOrder(kWaitingAcceptance).id();

  EXPECT_EQ(Decide(id, "accepted").status, 400);
  EXPECT_EQ(Post("/orders/" + id + "/approval-status", "{").status, 400);
  EXPECT_EQ(Post("/orders/" + id + "/approval-status", R"({"approvalStatus":"Accepted"})").status, 400);
  EXPECT_EQ(StatusOf(id), kWaitingAcceptance);
}

TEST_F(ApprovalTest, IsWrittenDownAsAnEffect) {
  const auto id = AnOrder(kWaitingAcceptance).id();
  Decide(id, "Accepted");

  ASSERT_EQ(world_.ledger().effects().size(), 1U);
  const auto& call = world_.ledger().effects()[0];
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.client_id, "my-shop");
  EXPECT_EQ(call.seller, kSeller);
  EXPECT_THAT(call.effect, HasSubstr(id));
}

TEST_F(ApprovalTest, CanTakeEffectAlthoughTheAnswerIsAnError) {
  const auto id = AnOrder(kWaitingAcceptance).id();
  faults_.Add({.kind = FaultKind::k500, .route = "orders.approve", .remaining = 1, .moment = FaultMoment::kAfter});

  EXPECT_EQ(Decide(id, "Accepted").status, 500);
  EXPECT_EQ(StatusOf(id), kAccepted);
}

TEST_F(ApprovalTest, HasNoEffectWhenTheErrorComesBefore) {
  const auto id = AnOrder(kWaitingAcceptance).id();
  faults_.Add({.kind = FaultKind::k502Html, .route = "orders.approve", .remaining = 1});

  EXPECT_EQ(Decide(id, "Accepted").status, 502);
  EXPECT_EQ(StatusOf(id), kWaitingAcceptance);
}

TEST_F(ShipmentsTest, MakeOrderAndLinesShippedAndEchoTheParcel) {
  const auto id = Shippable(2);

  const auto response = Ship(id, Parcel());

  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "");
  const auto order = Json(Get("/orders/" + id));
  EXPECT_EQ(order.at("status").as_string(), "Shipped");
  for (const auto& line : order.at("lines").as_array()) {
    EXPECT_EQ(line.at("status").as_string(), "Shipped");
    ASSERT_EQ(line.at("parcels").as_array().size(), 1U);
    EXPECT_EQ(line.at("parcels").at(0).at("parcelNumber").as_string(), "P1");
    EXPECT_EQ(line.at("parcels").at(0).at("carrierName").as_string(), "Colissimo");
  }
  EXPECT_EQ(Get("/orders/count", {{"shippedAtMin", "2026-10-06T15:30:00Z"}}).body, "1");
}

TEST_F(ShipmentsTest, OfAPartAreRefusedWithTheLinesThatWereLeftOut) {
  const auto id = Shippable(2);

  const auto response = Ship(id, Parcel('"' + id + "-1\""));

  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("leaves out " + id + "-2"));
  EXPECT_EQ(Json(Get("/orders/" + id)).at("lines").at(0).at("status").as_string(), "InPreparation");
}

TEST_F(ShipmentsTest, LeaveOutALineWhoseCancellationIsAskedForOrAddItWhenTheCustomerAsked) {
  const auto asked = [&](CancelInitiator initiator) {
    const auto id = Shippable(2);
    EXPECT_TRUE(world_.ChangeOrder(id, {.ask_cancel_line = 1, .initiator = initiator}, now_));
    EXPECT_EQ(Json(Get("/orders/" + id)).at("lines").at(1).at("status").as_string(), "CancelRequest");
    return id;
  };
  const auto left_out = asked(CancelInitiator::kCustomer);
  EXPECT_EQ(Ship(left_out, Parcel('"' + left_out + "-1\"")).status, 201);
  const auto order = Json(Get("/orders/" + left_out));
  EXPECT_EQ(order.at("status").as_string(), "Shipped");
  EXPECT_EQ(order.at("lines").at(1).at("status").as_string(), "CancelRequest");

  const auto added = asked(CancelInitiator::kCustomer);
  EXPECT_EQ(Ship(added, Parcel('"' + added + "-1\",\"" + added + "-2\"")).status, 201);
  EXPECT_EQ(Json(Get("/orders/" + added)).at("lines").at(1).at("status").as_string(), "Shipped");

  for (const auto initiator : {CancelInitiator::kSeller, CancelInitiator::kSalesChannel}) {
    const auto refused = asked(initiator);
    EXPECT_EQ(Ship(refused, Parcel('"' + refused + "-1\",\"" + refused + "-2\"")).status, 409);
    EXPECT_EQ(Ship(refused, Parcel()).status, 201) << "without line ids the shippable ones are meant";
  }
}

TEST_F(ShipmentsTest, AreHeldToTheOldLimitsUnderASwitch) {
  const auto with = [&](const std::string& fields) {
    return Ship(Shippable(), R"([{"carrierName":"DHL",)" + fields + "}]").status;
  };
  EXPECT_EQ(with(R"("parcelNumber":"a b,c","trackingUrl":"ftp://x")"), 201);
  world_.choices.strict_parcels = true;
  EXPECT_EQ(with(R"("parcelNumber":"a b")"), 400);
  EXPECT_EQ(with(R"("parcelNumber":")" + std::string(51, '1') + '"'), 400);
  EXPECT_EQ(with(R"("parcelNumber":"P1","trackingUrl":"ftp://x")"), 400);
  EXPECT_EQ(with(R"("parcelNumber":"P1","trackingUrl":"https://x.example/1")"), 201);
}

TEST_F(ShipmentsTest, AreRefusedWithTheFieldThatIsMissingOrUnknown) {
  const auto id = Shippable();
  const std::pair<std::string, std::string> rows[] = {
      {R"([{"carrierName":"DHL"}])", "parcelNumber"},
      {R"([{"parcelNumber":"P1","carrierName":""}])", "carrierName"},
      {R"([{"parcelNumber":"P1","carrierName":"DHL","orderLineIds":["X"]}])", "orderLineIds"},
      {R"([{"parcelNumber":"P1","carrierName":"DHL","orderLineIds":[]}])", "orderLineIds"},
      {R"([{"parcelNumber":"P1","carrierName":"DHL"},{"parcelNumber":"P2","carrierName":"DHL"}])", "parcels"},
      {R"({"parcelNumber":"P1","carrierName":"DHL"})", "$"},
      {"[]", "$"},
      {"not json", "$"}};
  for (const auto& [body, field] : rows) {
    const auto response = Ship(id, body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_TRUE(Json(response).at("errors").as_object().contains(field)) << response.body;
  }
  EXPECT_EQ(world_.ledger().versions().size(), 1U);
}

TEST_F(ShipmentsTest, AreRefusedForLinesThatOthersShipAndForStatesThatAreNotReady) {
  const auto fulfilled = AnOrder(kInPreparation, {.lines = 1, .supply = SupplyMode::kFulfillment}).id();
  const auto waiting = AnOrder(kAccepted, {.lines = 1, .supply = SupplyMode::kSeller}).id();

  for (const auto& [id, body] : {std::pair{fulfilled, Parcel()}, std::pair{fulfilled, Parcel('"' + fulfilled + "-1\"")},
                                 std::pair{waiting, Parcel()}}) {
    const auto response = Ship(id, body);
    EXPECT_EQ(response.status, 409);
    EXPECT_THAT(response.body, HasSubstr("Cannot switch to shipped status"));
  }
  EXPECT_EQ(Ship("NONE", Parcel()).status, 404);
}

TEST_F(ShipmentsTest, AreRefusedTheSecondTime) {
  const auto id = Shippable(2);
  ASSERT_EQ(Ship(id, Parcel()).status, 201);

  EXPECT_EQ(Ship(id, Parcel()).status, 409) << "a duplicate";
  EXPECT_EQ(Ship(id, R"([{"parcelNumber":"P2","carrierName":"DHL"}])").status, 409) << "a second parcel on CDISFR";
}

TEST_F(ShipmentsTest, TakeAnyCarrierUnlessTheSwitchIsStrict) {
  const std::string body = R"([{"parcelNumber":"P1","carrierName":"DHL Express"}])";
  const auto first = Shippable(), second = Shippable(), third = Shippable();

  EXPECT_EQ(Ship(first, body).status, 201);
  world_.choices.strict_carriers = true;
  EXPECT_EQ(Ship(second, body).status, 400);
  EXPECT_EQ(Ship(third, R"([{"parcelNumber":"P1","carrierName":"Dachser"}])").status, 201)
      << "its label has a trailing space";
}

}  // namespace
}  // namespace cdiscount::simulator
