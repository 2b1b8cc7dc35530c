#include "store/url.hpp"

#include "core/testing/result_matchers.hpp"
#include "store/database.hpp"

namespace cdiscount::store {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(DatabaseUrl, NamesAnAbsoluteOrARelativeFile) {
  const auto absolute = ParseUrl("sqlite:///var/lib/x/x.db");
  const auto relative = ParseUrl("sqlite://x.db");

  ASSERT_THAT(absolute, Succeeds());
  ASSERT_THAT(relative, Succeeds());
  EXPECT_EQ(absolute->target, "/var/lib/x/x.db");
  EXPECT_EQ(relative->target, "x.db");
}

TEST(DatabaseUrl, IsRefusedWithWhatItShouldLookLike) {
  for (const auto* url : {"", "x.db", "sqlite://", "sqlite:///var/", "sqlite://:memory:", "mysql://u:hunter2@h/d"}) {
    const auto location = ParseUrl(url);

    ASSERT_THAT(location, FailsWith(ErrorCode::kInvalidArgument)) << url;
    EXPECT_THAT(location.error().message, HasSubstr("sqlite:///")) << url;
    EXPECT_THAT(location.error().message, Not(HasSubstr("hunter2"))) << url;
  }
}

TEST(DatabaseUrl, OfAServerThatCannotBeReadStopsTheStartWithoutItsPassword) {
  for (const auto* url : {"postgresql://u:hunter2/x@h/d", "postgresql://u:hunter2%zz@h/d", "postgresql://[h/d"}) {
    const auto location = ParseUrl(url);

    ASSERT_THAT(location, FailsWith(ErrorCode::kInvalidArgument)) << url;
    EXPECT_THAT(location.error().message, HasSubstr("percent-encode")) << url;
    EXPECT_THAT(location.error().message, Not(HasSubstr("hunter2"))) << url;
  }
  EXPECT_THAT(ParseUrl("postgresql://u:p%2Fx@h:5432/d"), Succeeds());
  EXPECT_THAT(ParseUrl("postgresql:///d?host=/run/postgresql"), Succeeds());
}

TEST(DatabaseUrl, PrintsWithoutItsPassword) {
  EXPECT_EQ(PrintableUrl("postgresql://u:hunter2@h:5432/d"), "postgresql://u:***@h:5432/d");
  EXPECT_EQ(PrintableUrl("postgresql://u:hun@ter2@h/d"), "postgresql://u:***@h/d");
  EXPECT_EQ(PrintableUrl("postgresql://h/d?user=u&password=hunter2&sslmode=require"),
            "postgresql://h/d?user=u&password=***&sslmode=require");
  EXPECT_EQ(PrintableUrl("postgresql://h/d?sslpassword=hunter2"), "postgresql://h/d?sslpassword=***");
  EXPECT_EQ(PrintableUrl("postgresql://u@h:5432/d"), "postgresql://u@h:5432/d");
  EXPECT_EQ(PrintableUrl("postgresql://u:hun?ter2@h/d"), "postgresql://u:***@h/d");
  EXPECT_EQ(PrintableUrl("postgresql://u:hun/ter2@h/d"), "postgresql://u:***@h/d");
  EXPECT_EQ(PrintableUrl("sqlite:///a/b.db"), "sqlite:///a/b.db");
}

}  // namespace
}  // namespace cdiscount::store
