#include "store/row.hpp"

#include "core/testing/result_matchers.hpp"
#include "store/store_error.hpp"
#include "store/value.hpp"

namespace cdiscount::store {
namespace {

Row ARow() {
  auto table = std::make_shared<Table>(std::make_shared<const Columns>(Columns{"count", "name", "note", "at"}));
  table->AddInt(7);
  table->AddText("secret-1");
  table->AddNull();
  table->AddInt(1790000000123456);
  return Rows(table).at(0);
}

TEST(Row, GivesTheTypesThatItsColumnsHoldByNameAndByNumber) {
  const auto row = ARow();

  EXPECT_EQ(row.Time("at"), SysTime{std::chrono::microseconds{1790000000123456}});
  EXPECT_EQ(row.Int("count"), 7);
  EXPECT_EQ(row.Text("name"), "secret-1");
  EXPECT_EQ(row.Text(1), "secret-1");
  EXPECT_TRUE(row.IsNull("note"));
  EXPECT_EQ(row.MaybeInt("note"), std::nullopt);
  EXPECT_EQ(row.MaybeTime(2), std::nullopt);
}

TEST(Row, RefusesWhatAColumnDoesNotHoldWithoutQuotingIt) {
  const auto row = ARow();

  EXPECT_THROW(row.Text("note"), StoreError);
  EXPECT_THROW(row.Text(9), StoreError);
  EXPECT_THROW(row.Text("nothing"), StoreError);
  EXPECT_THROW(row.Bytes("name"), StoreError);
  try {
    row.Int("name");
    FAIL() << "a text was taken for a number";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("secret")));
  }
}

TEST(Value, TakesNumbersTextsIdsInstantsAndAbsence) {
  const StrongId<struct Tag> id("x");
  EXPECT_EQ(std::get<std::int64_t>(Value(true).any()), 1);
  EXPECT_EQ(std::get<std::int64_t>(Value(SysTime{std::chrono::microseconds{5}}).any()), 5);
  EXPECT_EQ(std::get<std::int64_t>(Value(std::chrono::milliseconds{5}).any()), 5000);
  EXPECT_EQ(std::get<std::string_view>(Value("x").any()), "x");
  EXPECT_EQ(std::get<std::string_view>(Value(id).any()), "x");
  const std::optional<std::string> text("y");
  EXPECT_EQ(std::get<std::string_view>(Value(text).any()), "y");
  EXPECT_TRUE(std::holds_alternative<std::nullptr_t>(Value(std::optional<std::int64_t>()).any()));
}

}  // namespace
}  // namespace cdiscount::store
