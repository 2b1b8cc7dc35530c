// One suite for whatever is leased: a lane, an account, a token. On both engines.
#include "work/lease.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "store/database.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::work {
namespace {

using namespace std::chrono_literals;

class LeaseTest : public ::testing::Test {
 protected:
  LeaseTest() {
    session_->ExecuteScript(
        "CREATE TABLE thing (name TEXT PRIMARY KEY, lease_owner TEXT NOT NULL DEFAULT '', lease_token BIGINT NOT NULL "
        "DEFAULT 0, lease_until BIGINT NOT NULL DEFAULT 0, lease_length BIGINT NOT NULL DEFAULT 0);"
        "INSERT INTO thing (name) VALUES ('a'), ('b')");
  }

  std::optional<Lease> Claim(const std::string& owner, std::chrono::microseconds length = 15s,
                             Claims claims = Claims::kFree) {
    store::Transaction transaction(*session_);
    auto lease = leases_.Claim(transaction, "a", owner, length, claims);
    transaction.Commit();
    return lease;
  }
  bool Extend(const Lease& lease) {
    store::Transaction transaction(*session_);
    const bool extended = leases_.Extend(transaction, "a", lease);
    transaction.Commit();
    return extended;
  }

  fakes::TestDatabase place_;
  std::unique_ptr<store::Database> database_ = store::Database::Open({.url = place_.url()}).value();
  std::unique_ptr<store::Session> session_ = database_->NewSession();
  const Leases leases_{"thing", "name"};
};

TEST_F(LeaseTest, IsGivenToOneOwnerAtATime) {
  const auto first = Claim("first");

  ASSERT_TRUE(first);
  EXPECT_FALSE(Claim("second"));
  EXPECT_GT(Claim("first")->token, first->token) << "its own lease, with a token of its own";
}

TEST_F(LeaseTest, IsFreeOnceItIsReleased) {
  const auto first = Claim("first");

  leases_.Release(*session_, "a", *first);

  const auto second = Claim("second");
  ASSERT_TRUE(second);
  EXPECT_GT(second->token, first->token);
}

TEST_F(LeaseTest, IsNotReleasedByAFormerOwner) {
  const auto former = Claim("former", -1s);
  const auto owner = Claim("owner");

  leases_.Release(*session_, "a", *former);

  EXPECT_TRUE(Extend(*owner));
  EXPECT_FALSE(Claim("third"));
}

TEST_F(LeaseTest, IsFreeOnceItHasRunOut) {
  ASSERT_TRUE(Claim("expired", -1s));

  EXPECT_TRUE(Claim("second"));
}

TEST_F(LeaseTest, IsTakenFromADeadOwnerWhoseLeaseRunsOn) {
  ASSERT_TRUE(Claim("dead"));

  EXPECT_TRUE(Claim("second", 15s, Claims::kAnybody));
}

TEST_F(LeaseTest, IsFreeWhenItEndsLaterThanAnyCan) {
  const auto ahead = Claim("of a clock that ran ahead");
  session_->Execute("UPDATE thing SET lease_until = {now} + :later", {{"later", 24h}});

  EXPECT_TRUE(Claim("second")) << "the row stands still for as long as the clock was ahead";
  EXPECT_FALSE(Extend(*ahead));
}

TEST_F(LeaseTest, KeepsAFormerOwnerFromWriting) {
  const auto former = Claim("former", -1s);
  EXPECT_TRUE(Extend(*former)) << "while no other owner claimed it, an expired lease is good";

  const auto owner = Claim("owner");

  EXPECT_FALSE(Extend(*former));
  EXPECT_TRUE(Extend(*owner));
}

TEST_F(LeaseTest, RunsForItsLengthFromTheLastExtension) {
  auto lease = Claim("owner", -1s);
  lease->length = 15s;

  ASSERT_TRUE(Extend(*lease));

  EXPECT_FALSE(Claim("second"));
}

TEST_F(LeaseTest, LeavesTheOtherRowsAlone) {
  ASSERT_TRUE(Claim("first"));

  store::Transaction transaction(*session_);
  EXPECT_TRUE(leases_.Claim(transaction, "b", "second", 15s));
  EXPECT_FALSE(leases_.Claim(transaction, "no such row", "second", 15s));
}

TEST_F(LeaseTest, OfOneRowGoesToOneOfManyThatClaimItAtOnce) {
  std::atomic<int> owners{0};
  std::vector<std::thread> claimers;

  for (int i = 0; i < 6; ++i) {
    claimers.emplace_back([&, i] {
      const auto session = database_->NewSession();
      store::Transaction transaction(*session);
      if (leases_.Claim(transaction, "a", "owner " + std::to_string(i), 15s)) ++owners;
      transaction.Commit();
    });
  }
  for (auto& claimer : claimers) claimer.join();

  EXPECT_EQ(owners, 1);
}

TEST_F(LeaseTest, MakesAClaimWaitForTheTransactionThatExtendedIt) {
  const auto former = Claim("former", -1s);
  store::Transaction transaction(*session_);
  ASSERT_TRUE(leases_.Extend(transaction, "a", {former->owner, former->token, 15s}));
  std::optional<Lease> second;

  std::thread claimer([&] {
    const auto session = database_->NewSession();
    store::Transaction other(*session);
    second = leases_.Claim(other, "a", "second", 15s);
    other.Commit();
  });
  transaction.Commit();
  claimer.join();

  EXPECT_FALSE(second) << "the claim saw the lease as it was before the extension";
}

}  // namespace
}  // namespace cdiscount::work
