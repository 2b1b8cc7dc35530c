#include "show_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>

#include "cdiscount/events/v1/account_event.pb.h"
#include "cdiscount/events/v1/order_event.pb.h"
#include "json.hpp"

namespace cdiscount::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Times that people read are in the zone of the process.
const int kInUtc = setenv("TZ", "UTC", 1);

constexpr std::string_view kEvents = "cdiscount.order.events.v1";

events::v1::OrderEvent AnEvent() {
  events::v1::OrderEvent event;
  event.set_type(events::v1::ORDER_EVENT_TYPE_READY_TO_SHIP);
  event.set_version(2);
  auto& order = *event.mutable_order();
  order.set_order_id("A-1");
  order.set_status(orders::v1::ORDER_STATUS_IN_PREPARATION);
  order.mutable_total_selling_price()->set_minor_units(14499);
  order.mutable_total_selling_price()->set_currency("EUR");
  auto& line = *order.add_lines();
  line.set_quantity(2);
  line.set_sku("SKU-7");
  line.set_title("Grille-pain \xC3\xA9l\xC3\xA9gant");
  return event;
}

kafka::Message AMessage(std::optional<std::string> value) {
  return {.topic = "demo.cdiscount.order.events.v1",
          .partition = 3,
          .offset = 17,
          .timestamp = SysTime{std::chrono::seconds{1'790'000'000}},
          .key = "CDISFR/98979/A-1",
          .value = std::move(value),
          .headers = {{"ce_id", "id-1"}, {"ce_sequence", "00000000000000000007"}}};
}

TEST(ShowEvent, GivesPlaceHeadersAndDecodedValue) {
  const auto text = ShowEvent(AMessage(AnEvent().SerializeAsString()), kEvents, 0).text;

  EXPECT_THAT(text, AllOf(HasSubstr("demo.cdiscount.order.events.v1  partition 3  offset 17  2026-09-21T14:13:20Z\n"),
                          HasSubstr("  key             CDISFR/98979/A-1\n"),
                          HasSubstr("  ce_sequence     00000000000000000007\n"), HasSubstr("OrderEvent, "),
                          HasSubstr("READY_TO_SHIP, version 2 of order A-1: IN_PREPARATION, 144.99 EUR\n"),
                          HasSubstr("    2         SKU-7  Grille-pain \xC3\xA9l\xC3\xA9gant")));
  EXPECT_TRUE(text.ends_with("\n\n"));
  EXPECT_FALSE(text.ends_with("\n\n\n"));
}

TEST(ShowEvent, SaysWhatItCannotDecode) {
  EXPECT_THAT(ShowEvent(AMessage(std::nullopt), kEvents, 0).text, HasSubstr("none: a tombstone"));
  EXPECT_THAT(ShowEvent(AMessage("\xFF\xFF\xFF"), kEvents, 0).text, HasSubstr("3 bytes that cannot be decoded"));
  EXPECT_THAT(ShowEvent(AMessage("abc"), "other.topic", 0).text,
              HasSubstr("3 bytes that cannot be decoded as a value of other.topic"));
}

TEST(ShowEvent, ShowsAnAccountFieldByField) {
  events::v1::AccountEvent account;
  account.set_name("shop");

  EXPECT_THAT(ShowEvent(AMessage(account.SerializeAsString()), "cdiscount.accounts.v1", 0).text,
              AllOf(HasSubstr("AccountEvent, "), HasSubstr("\"name\": \"shop\"")));
}

TEST(EventJson, HasAStableShape) {
  const auto line = EventJson(AMessage(AnEvent().SerializeAsString()), kEvents).text;

  ASSERT_TRUE(line.ends_with("}\n"));
  auto json = boost::json::parse(line).as_object();
  EXPECT_EQ(json["value"].at("type").as_string(), "ORDER_EVENT_TYPE_READY_TO_SHIP");
  EXPECT_EQ(json["value"].at("version").as_string(), "2");
  EXPECT_EQ(json["value"].at("order").at("lines").at(0).at("title").as_string(), "Grille-pain \xC3\xA9l\xC3\xA9gant");
  EXPECT_EQ(json["value"].at("order").at("reference").as_string(), "") << "a field that is empty is there";
  json.erase("value");
  EXPECT_EQ(boost::json::value(json), boost::json::parse(R"({"topic": "demo.cdiscount.order.events.v1", "partition": 3,
                "offset": 17, "timestamp": "2026-09-21T14:13:20Z", "key": "CDISFR/98979/A-1",
                "headers": {"ce_id": "id-1", "ce_sequence": "00000000000000000007"}})"));
}

TEST(EventJson, KeepsWhatItCannotDecode) {
  auto json = boost::json::parse(EventJson(AMessage("abc"), "other.topic").text).as_object();
  EXPECT_TRUE(json["value"].is_null());
  EXPECT_EQ(json["value_base64"].as_string(), "YWJj");

  json = boost::json::parse(EventJson(AMessage(std::nullopt), kEvents).text).as_object();
  EXPECT_TRUE(json["value"].is_null());
  EXPECT_FALSE(json.contains("value_base64"));
}

TEST(EventJson, IsValidForAKeyAndHeadersThatAreNoUtf8) {
  auto message = AMessage(std::nullopt);
  message.key = "a\xFF\xC3";
  message.headers = {{"h\xFF", "\xE9t\xE9"}};

  const auto json = boost::json::parse(EventJson(message, kEvents).text).as_object();

  EXPECT_EQ(json.at("key").as_string(), "a\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(json.at("headers").at("h\xEF\xBF\xBD").as_string(), "\xEF\xBF\xBDt\xEF\xBF\xBD");
}

TEST(EventJson, SaysSoWhenAMessageCannotBeWritten) {
  auto event = AnEvent();
  event.mutable_order()->mutable_updated_at()->set_seconds(253'402'300'800);  // the year 10000

  const auto shown = EventJson(AMessage(event.SerializeAsString()), kEvents);

  ASSERT_TRUE(shown.readable.has_error());
  EXPECT_THAT(shown.readable.error().message,
              AllOf(HasSubstr("partition 3, offset 17"), HasSubstr("a OrderEvent cannot be written as JSON")));
  auto json = boost::json::parse(shown.text).as_object();
  EXPECT_TRUE(json["value"].is_null());
  EXPECT_TRUE(json.contains("value_base64")) << "the bytes are not lost";
  EXPECT_TRUE(ShowEvent(AMessage(event.SerializeAsString()), kEvents, 0).readable.has_error());
  EXPECT_TRUE(MessageJson(event).has_error());
}

}  // namespace
}  // namespace cdiscount::cli
