// Do we understand what the marketplace refuses? docs/marketplace.md#errors, from recorded payloads.
#include <gmock/gmock.h>

#include "core/testing/result_matchers.hpp"
#include "marketplace/rest/octopia_errors.hpp"
#include "samples.hpp"

namespace cdiscount::contract {
namespace {

using marketplace::rest::ErrorOf;
using ::testing::HasSubstr;

Error ErrorFrom(int status, const std::string& sample) {
  return ErrorOf({status, {}, OctopiaSample(sample)}, "GET /orders for seller 98979");
}

TEST(OctopiaQuota, IsAWaitAndNotARefusal) {
  const auto error = ErrorFrom(403, "error-quota-403-measured-2026-09-02.json");

  EXPECT_EQ(error.code, ErrorCode::kThrottled);
  EXPECT_EQ(error.retry_after, std::chrono::minutes{11} + std::chrono::seconds{35});
}

TEST(OctopiaProblem, IsTracedByItsId) {
  const auto error = ErrorFrom(400, "error-problem-400-fixture.json");

  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(error.message, HasSubstr("The retrieval failed (traceId 831ed20e)"));
}

TEST(OctopiaProblem, NamesTheFieldAndTheCause) {
  const auto error = ErrorFrom(422, "error-problem-validation-fixture.json");

  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.field, "carrierName");
  EXPECT_THAT(error.message, HasSubstr("carrierName: unknown carrier"));
}

}  // namespace
}  // namespace cdiscount::contract
