#pragma once

// The fixture of the tests of tokens: two accounts that share a client id.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "app/issue_tokens.hpp"
#include "telemetry/testing/captured_log.hpp"
#include "testing/marketplace.hpp"

namespace cdiscount::auth::fakes {

inline const AccountId kAccount{"id-1"};
inline const AccountId kSharing{"id-2"};

class IssueTokensTest : public MarketplaceTest {
 protected:
  IssueTokensTest() {
    Create(ANewAccount(1), "id-1").value();
    Create(ANewAccountSharing(2, 1), "id-2").value();
  }

  Result<GivenToken> Get(const AccountId& account = kAccount, TokenWish wish = {}) {
    return Run(tokens_.Get(account, std::move(wish)));
  }
  static std::string Value(const Result<GivenToken>& given) {
    return given ? given->token.value.Reveal() : given.error().message;
  }
  static TokenWish Rejects(const Result<GivenToken>& given) {
    return {.rejected_fingerprint = given->token.life.fingerprint};
  }
  /// Runs what was started until the condition holds.
  template <class Condition>
  void RunUntil(Condition condition) {
    io_.restart();
    while (!condition() && io_.run_one_for(std::chrono::seconds{10}) != 0) {
    }
    ASSERT_TRUE(condition());
  }

  cdiscount::fakes::CapturedLog log_;
};

}  // namespace cdiscount::auth::fakes
