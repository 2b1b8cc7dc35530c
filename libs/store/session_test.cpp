#include "store/session.hpp"

#include "core/testing/result_matchers.hpp"

namespace cdiscount::store {
namespace {

TEST(Row, GivesTheTypesThatItsColumnsHold) {
  const Row row({"7", "text", std::nullopt, "1790000000123456"});

  EXPECT_EQ(row.Int(0), 7);
  EXPECT_EQ(row.Text(1), "text");
  EXPECT_TRUE(row.IsNull(2));
  EXPECT_EQ(row.MaybeInt(2), std::nullopt);
  EXPECT_EQ(row.MaybeTime(2), std::nullopt);
  EXPECT_EQ(row.Time(3), SysTime{std::chrono::microseconds{1790000000123456}});
}

TEST(Row, RefusesWhatAColumnDoesNotHoldWithoutQuotingIt) {
  const Row row({"secret-1", std::nullopt, "12.5", "99999999999999999999"});

  EXPECT_THROW(row.Text(1), StoreError);
  EXPECT_THROW(row.Text(9), StoreError);
  EXPECT_THROW(row.Int(2), StoreError);
  EXPECT_THROW(row.Int(3), StoreError);
  try {
    row.Int(0);
    FAIL() << "a text was taken for a number";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("secret")));
  }
}

TEST(Param, TakesNumbersTextsInstantsAndAbsence) {
  EXPECT_EQ(std::get<std::int64_t>(Param(true).value()), 1);
  EXPECT_EQ(std::get<std::int64_t>(Param(SysTime{std::chrono::microseconds{5}}).value()), 5);
  EXPECT_EQ(std::get<std::string>(Param("x").value()), "x");
  EXPECT_EQ(std::get<std::string>(Param(std::optional<std::string>("y")).value()), "y");
  EXPECT_TRUE(std::holds_alternative<std::nullptr_t>(Param(std::optional<std::int64_t>()).value()));
}

}  // namespace
}  // namespace cdiscount::store
