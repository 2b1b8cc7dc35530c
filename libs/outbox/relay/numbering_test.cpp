#include "outbox/relay/numbering.hpp"

#include <gmock/gmock.h>

namespace cdiscount::outbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Numbering, FollowsTheVersionsOfAKeyAndNotTheIdsOfItsRows) {
  std::map<StreamId, std::int64_t> counters;

  const auto numbered = AssignSequences({{.id = 1, .stream = {"orders", 0}, .key = "A", .version = 3},
                                         {.id = 2, .stream = {"orders", 0}, .key = "A", .version = 2}},
                                        counters);

  EXPECT_THAT(numbered, ElementsAre(Numbered{2, 1}, Numbered{1, 2}));
}

TEST(Numbering, FollowsTheOrdinalsInsideAVersion) {
  std::map<StreamId, std::int64_t> counters;

  const auto numbered = AssignSequences({{.id = 1, .stream = {"orders", 0}, .key = "A", .version = 1, .ordinal = 1},
                                         {.id = 2, .stream = {"orders", 0}, .key = "A", .version = 1, .ordinal = 0}},
                                        counters);

  EXPECT_THAT(numbered, ElementsAre(Numbered{2, 1}, Numbered{1, 2}));
}

TEST(Numbering, CountsEachStreamOnFromItsCounter) {
  std::map<StreamId, std::int64_t> counters = {{{"orders", 0}, 41}, {{"orders", 5}, 7}};

  const auto numbered = AssignSequences({{.id = 1, .stream = {"orders", 0}, .key = "A", .version = 1},
                                         {.id = 2, .stream = {"orders", 1}, .key = "B", .version = 1},
                                         {.id = 3, .stream = {"states", 0}, .key = "A", .version = 1},
                                         {.id = 4, .stream = {"orders", 0}, .key = "C", .version = 1}},
                                        counters);

  EXPECT_THAT(numbered, ElementsAre(Numbered{1, 42}, Numbered{4, 43}, Numbered{2, 1}, Numbered{3, 1}));
  EXPECT_THAT(counters, ElementsAre(Pair(StreamId{"orders", 0}, 43), Pair(StreamId{"orders", 1}, 1),
                                    Pair(StreamId{"orders", 5}, 7), Pair(StreamId{"states", 0}, 1)));
}

TEST(Numbering, DoesNothingWithoutRows) {
  std::map<StreamId, std::int64_t> counters = {{{"orders", 0}, 41}};

  EXPECT_THAT(AssignSequences({}, counters), IsEmpty());
  EXPECT_THAT(counters, ElementsAre(Pair(StreamId{"orders", 0}, 41)));
}

}  // namespace
}  // namespace cdiscount::outbox
