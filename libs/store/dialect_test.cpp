#include "store/dialect.hpp"

#include <gmock/gmock.h>

#include "store/store_error.hpp"

namespace cdiscount::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

StatementText Postgres(std::string_view sql) {
  return {sql, Engine::kPostgres};
}
StatementText Sqlite(std::string_view sql) {
  return {sql, Engine::kSqlite};
}

TEST(Placeholders, AreNumberedByNameInTheOrderInWhichTheyFirstStand) {
  const std::string_view sql = "UPDATE t SET a = :a, b=:b_2 WHERE a = :a";

  EXPECT_EQ(Postgres(sql).sql(), "UPDATE t SET a = $1, b=$2 WHERE a = $1");
  EXPECT_EQ(Sqlite(sql).sql(), "UPDATE t SET a = ?1, b=?2 WHERE a = ?1");
  EXPECT_THAT(Sqlite(sql).names(), ElementsAre("a", "b_2"));
}

TEST(Placeholders, LeaveCastsTextsAndCommentsAlone) {
  const std::string_view sql = "SELECT ':a {b}', \":b\", x::text, 'it''s :c' -- :d {e}\n/* :e */ , 10:30 FROM t";

  const auto text = Postgres(sql);

  EXPECT_EQ(text.sql(), sql);
  EXPECT_THAT(text.names(), IsEmpty());
}

TEST(Placeholders, MayStandNextToACast) {
  EXPECT_EQ(Postgres("SELECT unnest(:list::text[])").sql(), "SELECT unnest($1::text[])");
}

TEST(Placeholders, SurviveATextThatIsNeverClosed) {
  EXPECT_EQ(Sqlite("SELECT 'open :a").sql(), "SELECT 'open :a");
}

TEST(Tokens, AreTheWordsOfEachEngine) {
  const std::string_view sql = "SELECT id FROM t WHERE id IN {ints :ids} {for update skip locked}";

  EXPECT_EQ(Postgres(sql).sql(),
            "SELECT id FROM t WHERE id IN (SELECT unnest(CAST($1 AS bigint[]))) FOR UPDATE SKIP LOCKED");
  EXPECT_EQ(Sqlite(sql).sql(), "SELECT id FROM t WHERE id IN (SELECT value FROM json_each(?1)) ");
}

TEST(Tokens, KeepTextForOneEngineFromTheOther) {
  const std::string_view sql = "SELECT {sqlite:0}{postgres:p % 4} FROM t";

  EXPECT_EQ(ExpandTokens(sql, Engine::kSqlite), "SELECT 0 FROM t");
  EXPECT_EQ(ExpandTokens(sql, Engine::kPostgres), "SELECT p % 4 FROM t");
}

TEST(Tokens, AreRefusedWhenTheyAreUnknownOrLackTheirList) {
  for (const auto* sql : {"SELECT {bolb}", "SELECT {texts}", "SELECT {now :a}", "SELECT {now"}) {
    EXPECT_THROW(ExpandTokens(sql, Engine::kSqlite), StoreError) << sql;
  }
}

}  // namespace
}  // namespace cdiscount::store
