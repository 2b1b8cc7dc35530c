#include "kafka/cloud_event.hpp"

#include "core/testing/result_matchers.hpp"
#include "kafka/testing/parse_cloud_event.hpp"

namespace cdiscount::kafka {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

CloudEvent AnEvent() {
  return {.id = "0d3c1d9e-6d0c-5b1c-9f0e-000000000001",
          .source = SourceOf("cdiscount.order.events.v1", 7),
          .type = "com.cdiscount-connect.order.received.v1",
          .time = SysTime{std::chrono::microseconds{1'790'000'000'250'000}},
          .subject = "A-1",
          .sequence = 42,
          .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
}

TEST(CloudEvent, StandsInTheHeadersThatTheContractNames) {
  const auto headers = ToHeaders(AnEvent());

  EXPECT_THAT(headers, Contains(Pair("ce_specversion", "1.0")));
  EXPECT_THAT(headers, Contains(Pair("ce_source", "/cdiscount-connect/cdiscount.order.events.v1/7")));
  EXPECT_THAT(headers, Contains(Pair("ce_sequence", "00000000000000000042")));
  EXPECT_THAT(headers, Contains(Pair("content-type", "application/protobuf")));
  EXPECT_THAT(headers, Contains(Pair("ce_subject", "A-1")));
}

TEST(CloudEvent, IsReadAsItWasWritten) {
  const Message message{.headers = ToHeaders(AnEvent())};

  const auto read = fakes::ParseCloudEvent(message);

  ASSERT_THAT(read, Succeeds());
  EXPECT_EQ(*read, AnEvent());
}

TEST(CloudEvent, NamesTheHeaderThatIsWrong) {
  for (const auto* name : {"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_sequence"}) {
    Message message{.headers = ToHeaders(AnEvent())};
    std::erase_if(message.headers, [&](const auto& header) { return header.first == name; });

    const auto read = fakes::ParseCloudEvent(message);

    ASSERT_THAT(read, FailsWith(ErrorCode::kUnreadable)) << name;
    EXPECT_THAT(read.error().message, HasSubstr(name));
  }
}

}  // namespace
}  // namespace cdiscount::kafka
