#include "simulator/control/fields.hpp"

#include <gtest/gtest.h>

namespace cdiscount::simulator {
namespace {

TEST(Fields, RefuseAFieldThatTheCallDoesNotHave) {
  auto fields = Fields::Parse(R"({"known":1,"unknown":2})");
  ASSERT_TRUE(fields);
  int known = 0;
  fields->Read("known", known, 0, 10);

  const auto wrong = fields->Wrong();
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->field, "unknown");
}

}  // namespace
}  // namespace cdiscount::simulator
