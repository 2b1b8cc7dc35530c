#include "outbox/relay/check.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <set>

namespace cdiscount::outbox {
namespace {

/// A stream that was published up to 7, with 2 rows that wait.
StreamFacts Healthy() {
  StreamFacts facts;
  facts.stream = {"orders", 3};
  facts.primary = "orders";
  facts.installation = "inst1";
  facts.counter = 9;
  facts.published = 5;
  facts.progress = Progress{7, MetadataOf("inst1", "orders", "e-7")};
  facts.event_id_at_progress = "e-7";
  facts.row_after_progress = true;
  facts.log_end = 8;
  return facts;
}

StreamFacts NeverPublished() {
  StreamFacts facts;
  facts.stream = {"orders", 3};
  facts.primary = "orders";
  facts.installation = "inst1";
  return facts;
}

TEST(Check, StopsWhenTheTopicIsShorterThanItWasSeen) {
  auto anew = Healthy();
  anew.log_end = 500;  // long enough for the sequence: the records of a transaction that was aborted
  anew.seen_log_end = 900;

  const auto stop = CheckStream(anew);

  ASSERT_TRUE(stop);
  EXPECT_EQ(stop->reason, StopReason::kTopicRecreated);
}

TEST(Check, StopsForWhatAFormerOwnerFoundAndSaysHowToTakeItBack) {
  auto found_before = Healthy();
  found_before.stopped = "orders/3 put number 8 at offset 0";

  const auto stop = CheckStream(found_before);

  ASSERT_TRUE(stop);
  EXPECT_EQ(stop->reason, StopReason::kTopicRecreated);
  EXPECT_EQ(stop->problem, "orders/3 put number 8 at offset 0");
  EXPECT_THAT(stop->remedy, ::testing::HasSubstr("UPDATE outbox_stream SET stopped = '', log_end = 0"));
}

TEST(Check, LetsAHealthyStreamPublish) {
  auto all_published = Healthy();
  all_published.counter = 7;
  all_published.row_after_progress = false;
  auto with_markers_and_aborted_records = Healthy();
  with_markers_and_aborted_records.log_end = 1000;
  auto accepted_new_topic = Healthy();
  accepted_new_topic.log_base = 7;
  accepted_new_topic.log_end = 0;
  auto numbered_never_published = NeverPublished();
  numbered_never_published.counter = 4;

  EXPECT_FALSE(CheckStream(Healthy()));
  EXPECT_FALSE(CheckStream(all_published));
  EXPECT_FALSE(CheckStream(with_markers_and_aborted_records));
  EXPECT_FALSE(CheckStream(accepted_new_topic));
  EXPECT_FALSE(CheckStream(NeverPublished()));
  EXPECT_FALSE(CheckStream(numbered_never_published));
}

TEST(Check, StopsTheLaneAndSaysWhy) {
  struct Case {
    StopReason reason;
    std::function<void(StreamFacts&)> damage;
  };
  const Case cases[] = {
      {StopReason::kProgressMissing, [](auto& f) { f.progress.reset(); }},
      {StopReason::kUnknownRecords, [](auto& f) { f = NeverPublished(), f.log_has_records = true; }},
      {StopReason::kOtherInstallation, [](auto& f) { f.progress->metadata = MetadataOf("inst2", "orders", "e-7"); }},
      {StopReason::kOtherInstallation, [](auto& f) { f.progress->metadata = MetadataOf("inst1", "stock", "e-7"); }},
      {StopReason::kOtherInstallation, [](auto& f) { f.progress->metadata = ""; }},
      {StopReason::kCounterBehind, [](auto& f) { f.counter = 6; }},
      {StopReason::kOtherEvent, [](auto& f) { f.event_id_at_progress = "e-8"; }},
      {StopReason::kOtherEvent, [](auto& f) { f.event_id_at_progress = "e-"; }},
      {StopReason::kOtherEvent, [](auto& f) { f.event_id_at_progress.reset(); }},
      {StopReason::kRowMissing, [](auto& f) { f.row_after_progress = false; }},
      {StopReason::kTopicRecreated, [](auto& f) { f.log_end = 0; }},
      {StopReason::kTopicRecreated, [](auto& f) { f.log_end = 6; }},
  };
  for (const auto& [reason, damage] : cases) {
    auto facts = Healthy();
    damage(facts);

    const auto stop = CheckStream(facts);

    ASSERT_TRUE(stop) << ToString(reason);
    EXPECT_EQ(ToString(stop->reason), ToString(reason));
    EXPECT_THAT(stop->problem, ::testing::HasSubstr("orders/3"));
    EXPECT_FALSE(stop->remedy.empty());
  }
}

TEST(Check, LooksAtTheLogOfACopyByTheProgressOfItsPrimary) {
  auto copy = Healthy();
  copy.stream.topic = "states";
  auto made_anew = copy;
  made_anew.log_end = 6;

  EXPECT_FALSE(CheckStream(copy));
  const auto stop = CheckStream(made_anew);

  ASSERT_TRUE(stop);
  EXPECT_EQ(stop->reason, StopReason::kTopicRecreated);
  EXPECT_THAT(stop->problem, ::testing::HasSubstr("states/3"));
  EXPECT_THAT(stop->remedy, ::testing::HasSubstr("WHERE topic = 'states'"));
}

TEST(Check, KnowsAnOffsetThatIsTooSmallForItsSequence) {
  EXPECT_TRUE(OffsetIsPossible(1, 0, 0));
  EXPECT_TRUE(OffsetIsPossible(10, 9, 0));
  EXPECT_TRUE(OffsetIsPossible(10, 500, 0));
  EXPECT_FALSE(OffsetIsPossible(10, 8, 0));
  EXPECT_TRUE(OffsetIsPossible(10, 0, 9));
}

TEST(StopReasons, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const auto reason : kAllStopReasons) names.insert(ToString(reason));

  EXPECT_EQ(names.size(), std::size(kAllStopReasons));
}

}  // namespace
}  // namespace cdiscount::outbox
