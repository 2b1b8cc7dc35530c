#include "store/url.hpp"

#include "core/testing/result_matchers.hpp"
#include "store/database.hpp"
#include "store/postgres_url.hpp"

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
  for (const auto* url : {
           "postgresql://u:hunter2/x@h/d",
           "postgresql://u:hunter2%zz@h/d",
           "postgresql://[h/d",
           "postgresql://u:first@hunter2@127.0.0.1:1/x",
           "postgresql://u:12/hunter2@h/d",
       }) {
    const auto location = ParseUrl(url);

    ASSERT_THAT(location, FailsWith(ErrorCode::kInvalidArgument)) << url;
    EXPECT_THAT(location.error().message, HasSubstr("percent-encode")) << url;
    EXPECT_THAT(location.error().message, Not(HasSubstr("hunter2"))) << url;
  }
  EXPECT_THAT(ParseUrl("postgresql://u:p%2Fx%40y@127.0.0.1:5432/d"), Succeeds());
  EXPECT_THAT(ParseUrl("postgresql://u:p;x?y@[::1]:5432/d"), Succeeds());
  EXPECT_THAT(ParseUrl("postgresql:///d?host=/run/postgresql"), Succeeds());
  EXPECT_FALSE(ParseUrl("postgresql:///d?service=prod")) << "its host stands in a file that is not looked at";
}

TEST(DatabaseUrl, OfAnotherMachineNeedsTlsThatChecksTheServerOrARiskThatIsNamed) {
  for (const auto* url :
       {"postgresql://u:hunter2@db/d", "postgresql://u:hunter2@db/d?sslmode=require",
        "postgresql://u:hunter2@127.0.0.1,10.0.0.7/d", "postgresql://u:hunter2@127.0.0.1/d?hostaddr=10.0.0.7",
        "postgresql:///d?host=db&password=hunter2", "postgresql://u:hunter2@db/d?sslmode=prefer"}) {
    const auto location = ParseUrl(url);

    ASSERT_THAT(location, FailsWith(ErrorCode::kInvalidArgument)) << url;
    EXPECT_THAT(location.error().message, HasSubstr("database.allow_plaintext")) << url;
    EXPECT_THAT(location.error().message, Not(HasSubstr("hunter2"))) << url;
    EXPECT_THAT(ParseUrl(url, true), Succeeds()) << url;
  }
  for (const auto* url :
       {"postgresql://u:p@db/d?sslmode=verify-full", "postgresql://u:p@db/d?sslmode=verify-ca&sslrootcert=/ca.pem",
        "postgresql://u:p@localhost,127.0.0.2,[::1]/d", "postgresql:///d?host=/run/postgresql"}) {
    EXPECT_THAT(ParseUrl(url), Succeeds()) << url;
  }
}

TEST(DatabaseUrl, ScrubsItsPasswordFromWhatOthersSay) {
  const auto read = ReadPostgresUrl("postgresql://u:hun%40ter2@127.0.0.1/d").value();

  EXPECT_EQ(read.Scrub("no host \"hun@ter2\", hun@ter2"), "no host \"***\", ***");
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
