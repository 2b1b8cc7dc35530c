#include "outbox/relay/trim_window.hpp"

#include <gmock/gmock.h>

namespace cdiscount::outbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace std::chrono_literals;

constexpr SteadyTime kStart{};
const StreamId kStream{"orders", 0};

TEST(TrimWindow, KeepsEverythingForTheGraceTime) {
  TrimWindow window{1h};

  window.Observe(kStart, {{kStream, 10}});

  EXPECT_THAT(window.FirstToKeep(kStart), IsEmpty());
  EXPECT_THAT(window.FirstToKeep(kStart + 59min), IsEmpty());
}

TEST(TrimWindow, LetsGoWhatWasPublishedAGraceTimeAgoButNeverTheRowAtTheProgress) {
  TrimWindow window{1h};

  window.Observe(kStart, {{kStream, 10}});
  window.Observe(kStart + 30min, {{kStream, 20}});

  EXPECT_THAT(window.FirstToKeep(kStart + 61min), ElementsAre(Pair(kStream, 10)));
  EXPECT_THAT(window.FirstToKeep(kStart + 90min), ElementsAre(Pair(kStream, 20)));
  EXPECT_THAT(window.FirstToKeep(kStart + 900min), ElementsAre(Pair(kStream, 20)));
}

TEST(TrimWindow, StaysSmallWhenItIsAskedOften) {
  TrimWindow window{1h};

  for (int second = 0; second < 7200; ++second) {
    window.Observe(kStart + std::chrono::seconds{second}, {{kStream, second}});
  }

  // One observation a minute is kept: what is let go is a minute late at most.
  EXPECT_THAT(window.FirstToKeep(kStart + 7200s), ElementsAre(Pair(kStream, 3600)));
}

}  // namespace
}  // namespace cdiscount::outbox
