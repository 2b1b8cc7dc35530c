#include "domain/access_token.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cdiscount::auth {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr SysTime kAsked{seconds{1'790'000'000}};

TEST(AccessToken, IsRenewedEarlyWithJitterAndObeysItsLifetime) {
  struct Case {
    std::string title;
    seconds lifetime;
    double jitter;
    seconds renew_after;
  };
  const std::vector<Case> cases = {
      {"two hours, latest", minutes{120}, 0.0, minutes{115}},
      {"two hours, earliest", minutes{120}, 1.0, minutes{110}},
      {"two hours, between", minutes{120}, 0.5, minutes{112} + seconds{30}},
      {"five minutes, latest", minutes{5}, 0.0, seconds{270}},
      {"five minutes, earliest", minutes{5}, 1.0, seconds{240}},
      {"no life at all", seconds{0}, 1.0, seconds{0}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.title);
    const auto life = PlanLife("f", c.lifetime, kAsked, c.jitter, false);
    EXPECT_EQ(life.renew_at, kAsked + c.renew_after);
    EXPECT_EQ(life.expires_at, kAsked + c.lifetime);
    EXPECT_FALSE(life.IsUsable(kAsked + c.lifetime));
    EXPECT_TRUE(life.IsDueForRenewal(life.renew_at));
    EXPECT_FALSE(life.IsDueForRenewal(life.renew_at - seconds{1}));
  }
}

TEST(AccessToken, StillServesWhileItIsDueForRenewal) {
  const auto life = PlanLife("f", minutes{120}, kAsked, 0.0, false);

  EXPECT_TRUE(life.IsDueForRenewal(kAsked + minutes{119}));
  EXPECT_TRUE(life.IsUsable(kAsked + minutes{119}));
}

}  // namespace
}  // namespace cdiscount::auth
