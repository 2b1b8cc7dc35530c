#include "store/migrations.hpp"

#include <thread>

#include "core/testing/result_matchers.hpp"
#include "store/testing/test_database.hpp"

namespace cdiscount::store {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;

constexpr Migration kFirst{1, "shelf", "CREATE TABLE shelf (id BIGINT PRIMARY KEY); INSERT INTO shelf VALUES (1);"};
constexpr Migration kSecond{2, "label", "ALTER TABLE shelf ADD COLUMN label TEXT;"};
constexpr Migration kBroken{2, "broken", "INSERT INTO shelf VALUES (2); INSERT INTO nowhere VALUES (1);"};
constexpr Migration kEdited{1, "shelf", "CREATE TABLE shelf (id BIGINT PRIMARY KEY, edited TEXT);"};

MigrationSet SetOf(std::span<const Migration> files) {
  return {"shop", files};
}

class MigrationsTest : public ::testing::Test {
 protected:
  std::int64_t Count(const std::string& table) {
    return database_->NewSession()->Query("SELECT count(*) FROM " + table).at(0).Int(0);
  }
  fakes::TestDatabase place_;
  std::unique_ptr<Database> database_ = Database::Open({.url = place_.url()}).value();
};

TEST_F(MigrationsTest, AreAppliedOnceAndInOrder) {
  const Migration one[] = {kFirst};
  const Migration both[] = {kFirst, kSecond};

  ASSERT_THAT(Migrate(*database_, SetOf(one)), Succeeds());
  ASSERT_THAT(Migrate(*database_, SetOf(both)), Succeeds());
  ASSERT_THAT(Migrate(*database_, SetOf(both)), Succeeds());

  EXPECT_EQ(Count("shelf"), 1);
  EXPECT_EQ(Count("schema_migrations"), 2);
  EXPECT_TRUE(database_->NewSession()->Query("SELECT label FROM shelf").at(0).IsNull(0));
}

TEST_F(MigrationsTest, LeaveNothingWhenOneFails) {
  const Migration files[] = {kFirst, kBroken};

  const auto status = Migrate(*database_, SetOf(files));

  ASSERT_THAT(status, FailsWith(ErrorCode::kInternal));
  EXPECT_THAT(status.error().message, ::testing::HasSubstr("nowhere"));
  EXPECT_THROW(Count("shelf"), StoreError);
}

TEST_F(MigrationsTest, RefuseADatabaseThatIsNewerThanTheProgram) {
  const Migration both[] = {kFirst, kSecond};
  const Migration one[] = {kFirst};
  ASSERT_THAT(Migrate(*database_, SetOf(both)), Succeeds());

  const auto status = Migrate(*database_, SetOf(one));

  ASSERT_THAT(status, FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(status.error().message, ::testing::HasSubstr("newer program"));
}

TEST_F(MigrationsTest, RefuseAFileThatWasEditedAfterwards) {
  const Migration before[] = {kFirst};
  const Migration after[] = {kEdited};
  ASSERT_THAT(Migrate(*database_, SetOf(before)), Succeeds());

  const auto status = Migrate(*database_, SetOf(after));

  ASSERT_THAT(status, FailsWith(ErrorCode::kConflict));
  EXPECT_THAT(status.error().message, ::testing::HasSubstr("0001_shelf.sql"));
}

TEST_F(MigrationsTest, CountComponentsApart) {
  const Migration shop[] = {kFirst};
  const Migration stock[] = {{1, "bin", "CREATE TABLE bin (id BIGINT PRIMARY KEY);"}};

  ASSERT_THAT(Migrate(*database_, SetOf(shop)), Succeeds());
  ASSERT_THAT(Migrate(*database_, MigrationSet{"stock", stock}), Succeeds());

  EXPECT_EQ(Count("bin"), 0);
}

TEST_F(MigrationsTest, MayBeRunByManyAtOnce) {
  const Migration both[] = {kFirst, kSecond};
  std::vector<Status> outcomes(4, Ok());
  std::vector<std::thread> threads;

  for (auto& outcome : outcomes) threads.emplace_back([&] { outcome = Migrate(*database_, SetOf(both)); });
  for (auto& thread : threads) thread.join();

  EXPECT_THAT(outcomes, ::testing::Each(Succeeds()));
  EXPECT_EQ(Count("shelf"), 1);
}

}  // namespace
}  // namespace cdiscount::store
