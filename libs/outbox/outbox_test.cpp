#include "outbox/outbox.hpp"

#include "core/testing/result_matchers.hpp"
#include "kafka/partitioner.hpp"
#include "migrations/outbox.hpp"
#include "outbox/topics.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::outbox {
namespace {

using fakes::Succeeds;

Event AnEvent(std::string key = "A-1", std::int64_t version = 1) {
  return {.topic = "cdiscount.order.events.v1",
          .key = std::move(key),
          .version = version,
          .type = "com.cdiscount-connect.order.received.v1",
          .id = "0d3c1d9e-6d0c-5b1c-9f0e-000000000001",
          .subject = "A-1",
          .time = SysTime{std::chrono::seconds{1'790'000'000}},
          .traceparent = "",
          .value = std::string("\0\x01\xff", 3)};
}

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() { store::Migrate(*database_, migrations::Outbox()).value(); }

  Status Append(const Event& event) {
    store::Transaction transaction(*session_);
    auto status = outbox_.Append(transaction, event);
    if (status) transaction.Commit();
    return status;
  }
  std::int64_t CountRows() { return session_->Query("SELECT count(*) FROM outbox_row").at(0).Int(0); }

  fakes::TestDatabase place_;
  std::unique_ptr<store::Database> database_ = store::Database::Open({.url = place_.url()}).value();
  std::unique_ptr<store::Session> session_ = database_->NewSession();
  Outbox outbox_{100};
};

TEST_F(OutboxTest, KeepsAnEventWithItsPartitionAndWithoutASequence) {
  ASSERT_THAT(Append(AnEvent("A-7")), Succeeds());

  const auto row = session_->Query("SELECT partition, seq, value, created_at FROM outbox_row").at(0);
  EXPECT_EQ(row.Int("partition"), kafka::PartitionOf("A-7", kPartitions));
  EXPECT_TRUE(row.IsNull("seq"));
  EXPECT_EQ(row.Bytes("value"), AnEvent().value);
  EXPECT_LT(std::chrono::abs(row.Time("created_at") - session_->Now()), std::chrono::minutes{1});
}

TEST_F(OutboxTest, KeepsTheSameEventOnce) {
  auto again = AnEvent();
  again.value = "another value";

  ASSERT_THAT(Append(AnEvent()), Succeeds());
  ASSERT_THAT(Append(again), Succeeds());
  ASSERT_THAT(Append(AnEvent("A-1", 2)), Succeeds());

  EXPECT_EQ(CountRows(), 2);
}

TEST_F(OutboxTest, KeepsAnEventWhoseValueIsReadLater) {
  auto event = AnEvent();
  event.value.reset();

  ASSERT_THAT(Append(event), Succeeds());

  EXPECT_TRUE(session_->Query("SELECT value FROM outbox_row").at(0).IsNull(0));
}

TEST_F(OutboxTest, RefusesWhatWouldBlockItsLaneAndNamesTheField) {
  auto large = AnEvent();
  large.value = std::string(101, 'x');
  auto without_key = AnEvent("");
  auto without_id = AnEvent();
  without_id.id.clear();

  EXPECT_EQ(Append(large).error().field, "value");
  EXPECT_EQ(Append(without_key).error().field, "key");
  EXPECT_EQ(Append(without_id).error().field, "id");
  EXPECT_EQ(CountRows(), 0);
}

}  // namespace
}  // namespace cdiscount::outbox
