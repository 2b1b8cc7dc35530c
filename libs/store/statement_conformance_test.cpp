// Statements: the values that go in and come out, and the code of each refusal. Part of the suite that both engines
// pass: testing/store_conformance.hpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/testing/store_conformance.hpp"

namespace cdiscount::store {
namespace {

using namespace std::string_literals;
using fakes::CodeOf;
using fakes::StoreConformance;

TEST_F(StoreConformance, KeepsNumbersTextsAndAbsenceAsTheyWere) {
  const std::string text = "d\xc3\xa9j\xc3\xa0 'vu' \"x\" :name $1 ? \n";
  session_->Execute("INSERT INTO item (id, name, flag) VALUES (:id, :name, :flag)",
                    {{"id", std::int64_t{9007199254740993}}, {"name", text}, {"flag", true}});
  session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {{"id", 2}, {"name", nullptr}});

  const auto rows = session_->Query("SELECT id, name, flag, id > 5, count(*) OVER () FROM item ORDER BY id");

  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(rows[0].IsNull(1));
  EXPECT_FALSE(rows[0].Bool(3));
  EXPECT_EQ(rows[1].Int(0), 9007199254740993);
  EXPECT_EQ(rows[1].Text(1), text);
  EXPECT_TRUE(rows[1].Bool(2));
  EXPECT_TRUE(rows[1].Bool(3));
  EXPECT_EQ(rows[1].Int(4), 2);
}

TEST_F(StoreConformance, CountsTheRowsThatAStatementTouched) {
  session_->Execute("INSERT INTO item (id) VALUES (:a), (:b), (:c)", {{"a", 1}, {"b", 2}, {"c", 3}});

  EXPECT_EQ(session_->Execute("UPDATE item SET flag = :f WHERE id > :id", {{"f", 1}, {"id", 1}}), 2);
  EXPECT_EQ(session_->Execute("UPDATE item SET flag = :f WHERE id > :id", {{"f", 1}, {"id", 99}}), 0);
  EXPECT_EQ(session_->Execute("INSERT INTO item (id) VALUES (:id) ON CONFLICT DO NOTHING", {{"id", 1}}), 0);
  EXPECT_EQ(session_->Execute("DELETE FROM item"), 3);
}

TEST_F(StoreConformance, GivesRowsOfAnUpsertAndCommitsAfterIt) {
  Transaction transaction(*session_);

  const auto rows = transaction.Query(
      "INSERT INTO item (id, name) VALUES (:id, :name) ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING "
      "id",
      {{"id", 5}, {"name", "five"}});
  transaction.Execute("INSERT INTO item (id) VALUES (:id) RETURNING id", {{"id", 6}});
  transaction.Commit();

  EXPECT_EQ(rows.at(0).Int(0), 5);
  EXPECT_EQ(CountItems(), 2);
}

TEST_F(StoreConformance, RefusesANulByteInsteadOfCuttingTheTextThere) {
  EXPECT_EQ(CodeOf([&] {
              session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)",
                                {{"id", 1}, {"name", std::string("a\0b", 3)}});
            }),
            ErrorCode::kInvalidArgument);
}

TEST_F(StoreConformance, TellsAValueThatIsNeverKeptFromAStoreThatIsAway) {
  EXPECT_EQ(CodeOf([&] {
              session_->Execute("INSERT INTO item (id, flag) VALUES (:id, :flag)", {{"id", 1}, {"flag", nullptr}});
            }),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf([&] {
              session_->Execute("INSERT INTO item (id, flag) VALUES (:id, :flag)", {{"id", 1}, {"flag", 1000}});
            }),
            ErrorCode::kInvalidArgument);
  // More than a text may be long: a gigabyte.
  const std::string too_long =
      place_.engine() == Engine::kSqlite ? "hex(zeroblob(600000000))" : "repeat('x', 1073741824)";
  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO item (id, name) VALUES (1, " + too_long + ")"); }),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(CountItems(), 0);
}

TEST_F(StoreConformance, KeepsBytesAsTheyWere) {
  std::string bytes = "\0\xff'\\x41"s;
  session_->ExecuteScript("CREATE TABLE box (id BIGINT PRIMARY KEY, content {blob})");
  session_->Execute("INSERT INTO box (id, content) VALUES (:id, :content)", {{"id", 1}, {"content", Bytes{bytes}}});
  session_->Execute("INSERT INTO box (id, content) VALUES (2, :content)", {{"content", Bytes{}}});
  session_->Execute("INSERT INTO box (id, content) VALUES (3, :content)", {{"content", std::optional<Bytes>()}});

  const auto rows = session_->Query("SELECT content FROM box ORDER BY id");

  EXPECT_EQ(rows.at(0).Bytes("content"), bytes);
  EXPECT_EQ(rows.at(1).Bytes("content"), "");
  EXPECT_EQ(rows.at(2).MaybeBytes("content"), std::nullopt);
  EXPECT_EQ(CodeOf([&] { rows.at(0).Text("content"); }), ErrorCode::kInternal);
}

TEST_F(StoreConformance, KeepsEmptyTextsApartFromAbsence) {
  session_->Execute("INSERT INTO item (id, name) VALUES (1, :name)", {{"name", std::string_view()}});

  EXPECT_EQ(session_->Query("SELECT name FROM item").at(0).MaybeText("name"), "");
}

TEST_F(StoreConformance, BindsByNameInAnyOrderAndARepeatedNameOnce) {
  session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {{"name", "seven"}, {"id", 7}});

  const auto row = session_->QueryOne("SELECT name, id FROM item WHERE id = :ref OR flag = :ref", {{"ref", 7}});

  ASSERT_TRUE(row);
  EXPECT_EQ(row->Int("id"), 7);
  EXPECT_EQ(row->Text("name"), "seven");
  EXPECT_FALSE(session_->QueryOne("SELECT name FROM item WHERE id = :ref", {{"ref", 8}}));
}

TEST_F(StoreConformance, TakesAListAsOneValue) {
  const std::vector<std::int64_t> ids = {1, 3};
  const std::vector<std::string> names = {"plain", "a \"quoted\", \\ {and} \t odd one"};
  session_->Execute("INSERT INTO item (id, name) VALUES (1, :a), (2, :b), (3, :c)",
                    {{"a", names[0]}, {"b", names[1]}, {"c", "another"}});

  const auto by_id = session_->Query("SELECT id FROM item WHERE id IN {ints :ids} ORDER BY id", {{"ids", ids}});
  const auto by_name = session_->Query("SELECT id FROM item WHERE name IN {texts :n} ORDER BY id", {{"n", names}});
  const auto none =
      session_->Query("SELECT id FROM item WHERE id IN {ints :ids}", {{"ids", std::vector<std::int64_t>{}}});

  EXPECT_THAT(by_id.Map([](const Row& row) { return row.Int("id"); }), ::testing::ElementsAre(1, 3));
  EXPECT_THAT(by_name.Map([](const Row& row) { return row.Int("id"); }), ::testing::ElementsAre(1, 2));
  EXPECT_TRUE(none.empty());
}

TEST_F(StoreConformance, GivesNumbersOfItsOwnAndTheTimeInAStatement) {
  session_->ExecuteScript(
      "CREATE TABLE note (id {serial}, tag TEXT NOT NULL DEFAULT {uuid}, at BIGINT NOT NULL DEFAULT {now})");
  const auto before = SystemClock{}.Now();

  const auto first = session_->Query("INSERT INTO note DEFAULT VALUES RETURNING id, tag, at").at(0);
  const auto second = session_->Query("INSERT INTO note (at) VALUES ({now}) RETURNING id, tag, at").at(0);

  EXPECT_LT(first.Int("id"), second.Int("id"));
  EXPECT_EQ(first.Text("tag").size(), 32u);
  EXPECT_NE(first.Text("tag"), second.Text("tag"));
  EXPECT_LT(std::chrono::abs(first.Time("at") - before), std::chrono::minutes{1});
}

TEST_F(StoreConformance, SumsWholeNumbers) {
  session_->Execute("INSERT INTO item (id) VALUES (:a), (:b), (-5)",
                    {{"a", std::int64_t{9007199254740993}}, {"b", std::int64_t{1230000}}});

  EXPECT_EQ(session_->Query("SELECT sum(id) FROM item").at(0).Int(0), 9007199254740993 + 1230000 - 5);
  EXPECT_EQ(session_->Query("SELECT sum(-id) FROM item").at(0).Int(0), -(9007199254740993 + 1230000 - 5));
  EXPECT_EQ(session_->Query("SELECT sum(flag) FROM item").at(0).Int(0), 0);
}

TEST_F(StoreConformance, RefusesAValueWithoutItsPlaceholderAndTheOtherWayRound) {
  const std::string_view sql = "SELECT id FROM item WHERE id = :id AND name = :name";
  EXPECT_EQ(CodeOf([&] { session_->Query(sql, {{"id", 1}}); }), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { session_->Query(sql, {{"id", 1}, {"nam", "x"}}); }), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { session_->Query(sql, {{"id", 1}, {"id", 2}}); }), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { session_->Query("SELECT 1", {{"id", 1}}); }), ErrorCode::kInternal);
}

TEST_F(StoreConformance, NamesTheColumnThatIsNotInTheAnswer) {
  const auto row = session_->Query("SELECT count(*) AS items, max(id) AS last FROM item").at(0);

  EXPECT_EQ(row.Int("items"), 0);
  EXPECT_EQ(row.MaybeInt("last"), std::nullopt);
  EXPECT_EQ(CodeOf([&] { row.Int("first"); }), ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { row.Int("last"); }), ErrorCode::kInternal) << "it is NULL";
}

TEST_F(StoreConformance, TellsADuplicateFromAMistakeAndFromABrokenReference) {
  session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {{"id", 1}, {"name", "one"}});

  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO item (id) VALUES (:id)", {{"id", 1}}); }),
            ErrorCode::kAlreadyExists);
  EXPECT_EQ(CodeOf([&] {
              session_->Execute("INSERT INTO item (id, name) VALUES (:id, :name)", {{"id", 2}, {"name", "one"}});
            }),
            ErrorCode::kAlreadyExists);
  EXPECT_EQ(CodeOf([&] { session_->Execute("INSERT INTO part (item) VALUES (:id)", {{"id", 9}}); }),
            ErrorCode::kInternal);
  EXPECT_EQ(CodeOf([&] { session_->Query("SELECT nothing FROM nowhere"); }), ErrorCode::kInternal);
  EXPECT_EQ(CountItems(), 1);
}

TEST_F(StoreConformance, TellsTheTime) {
  const auto before = SystemClock{}.Now();

  const auto now = session_->Now();

  EXPECT_LT(std::chrono::abs(now - before), std::chrono::minutes{1});
}

}  // namespace
}  // namespace cdiscount::store
