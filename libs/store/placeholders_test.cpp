#include "store/placeholders.hpp"

#include <gmock/gmock.h>

namespace cdiscount::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Placeholders, AreNumberedInTheOrderInWhichTheyStand) {
  const auto text = TranslatePlaceholders("UPDATE t SET a = :a, b=:b WHERE a = :a", PlaceholderStyle::kDollarNumber);

  EXPECT_EQ(text.sql, "UPDATE t SET a = $1, b=$2 WHERE a = $3");
  EXPECT_THAT(text.names, ElementsAre("a", "b", "a"));
}

TEST(Placeholders, LeaveCastsTextsAndCommentsAlone) {
  const std::string_view sql = "SELECT ':a', \":b\", x::text, 'it''s :c' -- :d\n/* :e */ , 10:30 FROM t";

  const auto text = TranslatePlaceholders(sql, PlaceholderStyle::kDollarNumber);

  EXPECT_EQ(text.sql, sql);
  EXPECT_THAT(text.names, IsEmpty());
}

TEST(Placeholders, MayStandNextToACast) {
  const auto text = TranslatePlaceholders("SELECT unnest(:list::text[])", PlaceholderStyle::kDollarNumber);

  EXPECT_EQ(text.sql, "SELECT unnest($1::text[])");
}

TEST(Placeholders, SurviveATextThatIsNeverClosed) {
  EXPECT_EQ(TranslatePlaceholders("SELECT 'open :a", PlaceholderStyle::kQuestionMark).sql, "SELECT 'open :a");
}

TEST(Placeholders, AreQuestionMarksForSqlite) {
  EXPECT_EQ(TranslatePlaceholders("VALUES (:key_1, :v)", PlaceholderStyle::kQuestionMark).sql, "VALUES (?, ?)");
}

}  // namespace
}  // namespace cdiscount::store
