// Texts of the marketplace, of servers and of other producers never steer the terminal that they are shown on.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <boost/json.hpp>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "cdiscount/events/v1/account_event.pb.h"
#include "cdiscount/events/v1/order_event.pb.h"
#include "cdiscount/events/v1/order_recipients.pb.h"
#include "cdiscount/orders/v1/order_query_service.pb.h"
#include "command.hpp"
#include "core/unicode.hpp"
#include "json.hpp"
#include "problem.hpp"
#include "show_events.hpp"

namespace cdiscount::cli {
namespace {

/// ESC, C1, DEL, a bidirectional override and isolate, a line break, a tab, a zero-width space.
constexpr std::string_view kHostile =
    "R\x1B[31m\xC2\x9B"
    "2J\x7F\xE2\x80\xAE\xE2\x81\xA6\nforged line\t\xE2\x80\x8B";

/// Every text of the message, however deep, so that a new field cannot be forgotten.
void FillWithHostileText(google::protobuf::Message& message, int depth = 0) {
  const auto& reflection = *message.GetReflection();
  const auto& descriptor = *message.GetDescriptor();
  for (int index = 0; index < descriptor.field_count(); ++index) {
    const auto* field = descriptor.field(index);
    if (field->is_map()) continue;
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
      if (field->type() != google::protobuf::FieldDescriptor::TYPE_STRING) continue;
      if (field->is_repeated()) {
        reflection.AddString(&message, field, std::string(kHostile));
      } else {
        reflection.SetString(&message, field, std::string(kHostile));
      }
    } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE && depth < 8) {
      auto* inner =
          field->is_repeated() ? reflection.AddMessage(&message, field) : reflection.MutableMessage(&message, field);
      FillWithHostileText(*inner, depth + 1);
    }
  }
}

template <class Message>
Message Hostile() {
  Message message;
  FillWithHostileText(message);
  return message;
}

std::unique_ptr<google::protobuf::Message> HostileAnswerTo(const google::protobuf::Message& request) {
  const auto* service = request.GetDescriptor()->file()->service(0);
  for (int index = 0; index < service->method_count(); ++index) {
    if (service->method(index)->input_type() != request.GetDescriptor()) continue;
    auto* factory = google::protobuf::MessageFactory::generated_factory();
    std::unique_ptr<google::protobuf::Message> answer(
        factory->GetPrototype(service->method(index)->output_type())->New());
    FillWithHostileText(*answer);
    return answer;
  }
  throw std::logic_error("no answer to a " + request.GetTypeName());
}

/// Line ends are ours; nothing else that cannot be seen may be left, and no line may be begun by a stranger.
MATCHER(SteersNoTerminal, "") {
  std::istringstream lines(arg);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("forged")) {
      *result_listener << "a line begins with a stranger's text";
      return false;
    }
    if (EscapeInvisible(line) != line) {
      *result_listener << "the line " << EscapeInvisible(line);
      return false;
    }
  }
  return arg.find("forged") != std::string::npos;
}

kafka::Message RecordWith(const google::protobuf::Message& value) {
  return {.topic = std::string(kHostile),
          .partition = 0,
          .offset = 0,
          .timestamp = {},
          .key = std::string(kHostile),
          .value = value.SerializeAsString(),
          .headers = {{std::string(kHostile), std::string(kHostile)}}};
}

TEST(StrangersText, SteersNoTerminalInWhatPeopleRead) {
  for (const auto& command : Commands()) {
    if (command.views.empty()) continue;
    const std::unique_ptr<google::protobuf::Message> request(command.request->New());
    FillWithHostileText(*request);
    const auto answer = HostileAnswerTo(*request);
    std::string text;
    for (const auto& view : command.views) text += Render(view, {*answer, request.get()}, 0);
    EXPECT_THAT(text, SteersNoTerminal()) << command.name;
  }
  EXPECT_THAT(ShowEvent(RecordWith(Hostile<events::v1::OrderEvent>()), "cdiscount.order.events.v1", 0).text,
              SteersNoTerminal());
  EXPECT_THAT(ShowEvent(RecordWith(Hostile<events::v1::OrderEvent>()), "cdiscount.order.state.v1", 0).text,
              SteersNoTerminal());
  EXPECT_THAT(ShowEvent(RecordWith(Hostile<events::v1::OrderRecipients>()), "cdiscount.order.recipients.v1", 0).text,
              SteersNoTerminal());
  EXPECT_THAT(ShowEvent(RecordWith(Hostile<events::v1::AccountEvent>()), "cdiscount.accounts.v1", 0).text,
              SteersNoTerminal());
}

TEST(StrangersText, SteersNoTerminalInJsonThatStaysValid) {
  const auto events = Hostile<events::v1::OrderEvent>();

  const auto text = EventJson(RecordWith(events), "cdiscount.order.events.v1").text;

  EXPECT_THAT(text, SteersNoTerminal());
  const auto json = boost::json::parse(text);
  EXPECT_EQ(json.at("key").as_string(), kHostile);
  EXPECT_EQ(json.at("value").at("order").at("reference").as_string(), kHostile) << "escaped, not changed";
  EXPECT_THAT(MessageJson(Hostile<orders::v1::ListOrdersResponse>()).value(), SteersNoTerminal());
}

TEST(StrangersText, SteersNoTerminalInErrors) {
  const Address server{.target = "127.0.0.1:7101", .source = "test"};
  for (const auto code : {ErrorCode::kNotFound, ErrorCode::kUnavailable}) {
    const auto problem = ProblemWith(server, "auth", {.code = code, .message = std::string(kHostile), .field = "name"});
    for (const bool json : {false, true}) {
      std::ostringstream err;

      Print(problem, json, err);

      EXPECT_THAT(err.str(), SteersNoTerminal());
    }
  }
}

}  // namespace
}  // namespace cdiscount::cli
