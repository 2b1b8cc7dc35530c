#include "domain/token_decision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace cdiscount::auth {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr SysTime kNow{seconds{1'790'000'000}};
constexpr int kQuota = kTokensPerHour;
const TokenLimits kLimits;

/// A token asked for `age` ago that lives two hours and is renewed ten minutes before its end.
TokenLife Held(seconds age, bool replaces_rejected = false) {
  const auto issued = kNow - age;
  return {.fingerprint = "held",
          .issued_at = issued,
          .renew_at = issued + minutes{110},
          .expires_at = issued + minutes{120},
          .replaces_rejected = replaces_rejected};
}

TokenPause Pause(SysTime until) {
  return {.until = until, .code = ErrorCode::kUnavailable, .reason = "The token service does not answer."};
}

/// "serve", "ask", "ask in place of a rejected one", "wait", or the error's code.
std::string Show(const TokenDecision& decision) {
  if (std::holds_alternative<ServeHeldToken>(decision)) return "serve";
  if (std::holds_alternative<WaitForToken>(decision)) return "wait";
  if (const auto* ask = std::get_if<AskForToken>(&decision)) {
    return ask->replaces_rejected ? "ask in place of a rejected one" : "ask";
  }
  return std::string(ToString(std::get<NoToken>(decision).error.code));
}

TEST(TokenDecision, FollowsItsTable) {
  const TokenWish any;
  const TokenWish rejects_held{.rejected_fingerprint = "held"};
  const TokenWish rejects_other{.rejected_fingerprint = "older"};
  const TokenWish fresh{.max_age = seconds{60}};
  const auto due = minutes{115};
  const auto ended = minutes{120};
  const auto asking = kNow + seconds{5};

  struct Case {
    std::string title;
    TokenSituation situation;
    TokenWish wish;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {"nothing held", {}, any, "ask"},
      {"a fresh one", {.held = Held(minutes{1})}, any, "serve"},
      {"one that is due", {.held = Held(due)}, any, "ask"},
      {"one that ended", {.held = Held(ended)}, any, "ask"},

      {"nothing held, another caller asks", {.asked_until = asking}, any, "wait"},
      {"a due one while another caller asks", {.held = Held(due), .asked_until = asking}, any, "serve"},
      {"an ended one while another caller asks", {.held = Held(ended), .asked_until = asking}, any, "wait"},
      {"the claim of another caller has ended", {.asked_until = kNow}, any, "ask"},

      {"the held one was rejected", {.held = Held(minutes{10})}, rejects_held, "ask in place of a rejected one"},
      {"another one was rejected", {.held = Held(minutes{10})}, rejects_other, "serve"},
      {"rejected while another caller asks", {.held = Held(minutes{10}), .asked_until = asking}, rejects_held, "wait"},
      {"the replacement was rejected at once", {.held = Held(seconds{59}, true)}, rejects_held, "unavailable"},
      {"the replacement was rejected later",
       {.held = Held(seconds{60}, true)},
       rejects_held,
       "ask in place of a rejected one"},
      {"a first token rejected at once", {.held = Held(seconds{1})}, rejects_held, "ask in place of a rejected one"},

      {"a pause and nothing held", {.pause = Pause(kNow + seconds{1})}, any, "unavailable"},
      {"a pause and a due one", {.held = Held(due), .pause = Pause(kNow + seconds{1})}, any, "serve"},
      {"a pause and a rejected one",
       {.held = Held(minutes{10}), .pause = Pause(kNow + seconds{1})},
       rejects_held,
       "unavailable"},
      {"a pause that is over", {.pause = Pause(kNow)}, any, "ask"},

      {"a pause as long as any", {.pause = Pause(kNow + kLongestPause)}, any, "unavailable"},

      {"a pause from a clock that was set back", {.pause = Pause(kNow + hours{24})}, any, "ask"},
      {"a claim from a clock that was set back", {.asked_until = kNow + hours{24}}, any, "ask"},
      {"a token from a clock that was set back", {.held = Held(-hours{24})}, any, "ask"},
      {"the same while another caller asks", {.held = Held(-hours{24}), .asked_until = asking}, any, "serve"},
      {"a rejected replacement from a clock that was set back",
       {.held = Held(-hours{24}, true)},
       rejects_held,
       "ask in place of a rejected one"},

      {"one request left", {.asked_in_window = kQuota - 1, .oldest_asked = kNow - minutes{30}}, any, "ask"},
      {"quota spent", {.asked_in_window = kQuota, .oldest_asked = kNow - minutes{30}}, any, "throttled"},
      {"quota spent, a due one", {.held = Held(due), .asked_in_window = kQuota, .oldest_asked = kNow}, any, "serve"},
      {"quota spent, a rejected one",
       {.held = Held(minutes{10}), .asked_in_window = kQuota, .oldest_asked = kNow},
       rejects_held,
       "throttled"},

      {"a trial with a young one", {.held = Held(seconds{60})}, fresh, "serve"},
      {"a trial with an old one", {.held = Held(seconds{61})}, fresh, "ask"},
      {"a trial while another caller asks", {.held = Held(minutes{10}), .asked_until = asking}, fresh, "wait"},
      {"a trial with the quota spent",
       {.held = Held(minutes{10}), .asked_in_window = kQuota, .oldest_asked = kNow},
       fresh,
       "throttled"},
      {"a trial in a pause", {.held = Held(minutes{10}), .pause = Pause(kNow + seconds{1})}, fresh, "unavailable"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.title);
    EXPECT_EQ(Show(DecideToken(c.situation, c.wish, kLimits, kNow)), c.expected);
  }
}

Error ErrorOf(const TokenDecision& decision) {
  const auto* no = std::get_if<NoToken>(&decision);
  return no == nullptr ? Error{.message = "it was no error"} : no->error;
}

TEST(TokenDecision, SaysHowLongTheQuotaStaysSpent) {
  const auto error =
      ErrorOf(DecideToken({.asked_in_window = kQuota, .oldest_asked = kNow - minutes{31}}, {}, kLimits, kNow));

  EXPECT_EQ(error.retry_after, kLimits.window() - minutes{31});
  EXPECT_THAT(error.message, HasSubstr("500 tokens"));
}

TEST(TokenDecision, RepeatsTheReasonAndTheRestOfAPause) {
  const auto error = ErrorOf(DecideToken({.pause = Pause(kNow + milliseconds{2500})}, {}, kLimits, kNow));

  EXPECT_EQ(error.retry_after, milliseconds{2500});
  EXPECT_EQ(error.message, "The token service does not answer.");
}

TEST(TokenDecision, PausesLongerAfterEachFailureUnlessATimeWasNamed) {
  EXPECT_EQ(PauseAfterFailure(1, std::nullopt), seconds{1});
  EXPECT_EQ(PauseAfterFailure(2, std::nullopt), seconds{2});
  EXPECT_EQ(PauseAfterFailure(5, std::nullopt), seconds{16});
  EXPECT_EQ(PauseAfterFailure(6, std::nullopt), seconds{30});
  EXPECT_EQ(PauseAfterFailure(1000, std::nullopt), seconds{30});
  EXPECT_EQ(PauseAfterFailure(1, seconds{695}), seconds{695});
  EXPECT_EQ(PauseAfterFailure(1, seconds{0}), seconds{1});
  EXPECT_EQ(PauseAfterFailure(1, hours{24 * 365}), kLongestPause);
}

TEST(TokenDecision, AnOutageOfAnHourNeverSpendsTheQuota) {
  milliseconds waited{0};
  int requests = 0;
  for (; waited < hours{1}; ++requests) waited += PauseAfterFailure(requests + 1, std::nullopt);

  EXPECT_LT(requests, kTokensPerHour / 3);
}

TEST(TokenDecision, TellsARefusalOfTheCredentialsFromEverythingElse) {
  const std::pair<ErrorCode, ErrorCode> cases[] = {
      {ErrorCode::kUnauthenticated, ErrorCode::kUnauthenticated},
      {ErrorCode::kThrottled, ErrorCode::kThrottled},
      {ErrorCode::kUnavailable, ErrorCode::kUnavailable},
      {ErrorCode::kDeadlineExceeded, ErrorCode::kDeadlineExceeded},
      {ErrorCode::kUnreadable, ErrorCode::kUnreadable},
      {ErrorCode::kInvalidArgument, ErrorCode::kUnreadable},
      {ErrorCode::kPermissionDenied, ErrorCode::kUnreadable},
      {ErrorCode::kNotFound, ErrorCode::kUnreadable},
      {ErrorCode::kCancelled, ErrorCode::kUnavailable},
  };
  for (const auto& [answered, means] : cases) EXPECT_EQ(TokenFailure(answered), means) << ToString(answered);
}

}  // namespace
}  // namespace cdiscount::auth
