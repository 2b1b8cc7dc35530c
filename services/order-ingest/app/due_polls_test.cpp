// What becomes of polls that are ended from outside, or that could not record their end.
#include "app/due_polls.hpp"

#include "app/poll_log.hpp"
#include "telemetry/testing/captured_log.hpp"
#include "testing/poll_test.hpp"

namespace cdiscount::order_ingest {
namespace {

using fakes::Succeeds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DuePollsTest : public fakes::PollTest {
 protected:
  Status End(const AccountLease& lease, const std::optional<Error>& error) {
    return InTransaction([&](store::Transaction& transaction) { return polls_.end(transaction, lease, error); });
  }

  cdiscount::fakes::CapturedLog lines_;
  telemetry::Metrics registry_{"test"};
  Metrics metrics_{registry_};
  PollLog log_{metrics_};
  const work::DueWork<AccountLease> polls_ = DuePolls(ingest_, log_, PollIntervals{}, minutes{5});
};

TEST_F(DuePollsTest, APollThatTakesTooLongIsRecordedAsFailedAndBacksOff) {
  ASSERT_THAT(End(Lease(), polls_.overlong), Succeeds());

  EXPECT_THAT(Texts("SELECT last_error FROM account"),
              ElementsAre(HasSubstr("(polling.longest_poll) and was ended after 300 s")));
  EXPECT_EQ(Number("SELECT failures FROM account"), 1);
  EXPECT_EQ(milliseconds{Number("SELECT poll_wait / 1000 FROM account")}, PollIntervals{}.busy);
}

TEST_F(DuePollsTest, APollThatWasInterruptedIsNoFailureAndIsDueAtOnce) {
  ASSERT_THAT(End(Lease(), std::nullopt), Succeeds());

  EXPECT_EQ(Claim().failures_in_a_row, 0);
}

TEST_F(DuePollsTest, APollThatLosesItsLeaseIsCountedAndNamed) {
  polls_.on_lost(Lease(), polls_.lease_lost);

  EXPECT_EQ(metrics_.polls_lost.Value(), 1);
  EXPECT_THAT(lines_.lines(), Contains(HasSubstr("\"code\":\"conflict\"")));
}

TEST_F(DuePollsTest, APollThatEndsByItselfIsCountedAndGivesItsLeaseBack) {
  ASSERT_THAT(Run(polls_.run(Lease())), Succeeds());

  EXPECT_EQ(metrics_.polls_ok.Value(), 1);
  EXPECT_THAT(Texts("SELECT lease_owner FROM account"), ElementsAre(""));
}

TEST_F(DuePollsTest, ADatabaseThatIsAwayIsCounted) {
  polls_.on_store_away({.code = ErrorCode::kUnavailable, .message = "the database is away"});

  EXPECT_EQ(metrics_.store_errors.Value(), 1);
}

}  // namespace
}  // namespace cdiscount::order_ingest
