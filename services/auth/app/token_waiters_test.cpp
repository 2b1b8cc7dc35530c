// Callers and replicas that wait for one request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include "app/issue_tokens.hpp"
#include "testing/issue_tokens_test.hpp"

namespace cdiscount::auth {
namespace {

using fakes::FailsWith;
using fakes::IssueTokensTest;
using fakes::kAccount;
using fakes::kSharing;
using fakes::Succeeds;
using ::testing::Each;
using ::testing::HasSubstr;

TEST_F(IssueTokensTest, AsksOnceForFiftyCallersAtTheSameTime) {
  std::vector<std::string> given;
  gate_.Close();
  for (int i = 0; i < 50; ++i) {
    Start(tokens_.Get(i % 2 == 0 ? kAccount : kSharing),
          [&](const Result<GivenToken>& token) { given.push_back(Value(token)); });
  }
  RunUntil([&] { return gate_.waiting() == 1; });
  io_.poll();
  gate_.Open();
  RunUntil([&] { return given.size() == 50; });

  EXPECT_THAT(given, Each(Value(Get())));
  EXPECT_EQ(TokenRequests(), 1);
}

TEST_F(IssueTokensTest, AnotherReplicaWaitsForTheTokenThatThisOneAsksFor) {
  IssueTokens replica{*database_, box_, gate_, metrics_, clock_, [] { return 0.0; }};
  std::vector<std::string> given;
  const auto keep = [&](const Result<GivenToken>& token) { given.push_back(Value(token)); };
  gate_.Close();
  Start(tokens_.Get(kAccount), keep);
  RunUntil([&] { return gate_.waiting() == 1; });
  Start(replica.Get(kSharing), keep);
  io_.poll();

  gate_.Open();
  RunUntil([&] { return given.size() == 2; });

  EXPECT_EQ(TokenRequests(), 1);
  EXPECT_THAT(given, Each(Value(Get())));
}

TEST_F(IssueTokensTest, ACallerThatGoesAwayDoesNotEndTheRequestForTheOthers) {
  boost::asio::cancellation_signal gone;
  std::vector<std::string> given;
  const auto keep = [&](std::exception_ptr failure, const Result<GivenToken>& token) {
    given.push_back(failure ? "cancelled" : Value(token));
  };
  gate_.Close();
  boost::asio::co_spawn(io_, tokens_.Get(kAccount), boost::asio::bind_cancellation_slot(gone.slot(), keep));
  RunUntil([&] { return gate_.waiting() == 1; });
  boost::asio::co_spawn(io_, tokens_.Get(kSharing), keep);
  io_.poll();

  gone.emit(boost::asio::cancellation_type::terminal);
  io_.poll();
  gate_.Open();
  RunUntil([&] { return given.size() == 2; });

  EXPECT_THAT(given, Each(Value(Get())));
  EXPECT_EQ(TokenRequests(), 1);
}

TEST_F(IssueTokensTest, ACallerThatWaitsCanBeCancelled) {
  boost::asio::cancellation_signal gone;
  bool ended = false;
  Claim("id-1");  // by another replica, which never comes back
  boost::asio::co_spawn(io_, tokens_.Get(kSharing),
                        boost::asio::bind_cancellation_slot(
                            gone.slot(), [&](std::exception_ptr, const Result<GivenToken>&) { ended = true; }));
  io_.restart();
  io_.poll();

  gone.emit(boost::asio::cancellation_type::terminal);
  RunUntil([&] { return ended; });

  EXPECT_EQ(TokenRequests(), 0);
}

TEST_F(IssueTokensTest, GivesUpWaitingForAnotherReplicaAfterItsPatience) {
  IssueTokens impatient{
      *database_, box_, gate_, metrics_, clock_, [] { return 0.0; }, {.patience = std::chrono::milliseconds{0}}};
  Claim("id-1");

  const auto given = Run(impatient.Get(kSharing));

  ASSERT_THAT(given, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(given.error().message, HasSubstr("asked for elsewhere"));
}

TEST_F(IssueTokensTest, TakesOverFromAReplicaThatDiedWhileItAsked) {
  Claim("id-1");
  clock_.Advance(TokenLimits{}.lease());

  EXPECT_THAT(Get(), Succeeds());
}

}  // namespace
}  // namespace cdiscount::auth
