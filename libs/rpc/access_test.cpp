#include "rpc/access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cdiscount/auth/v1/token_service.pb.h"
#include "core/testing/result_matchers.hpp"

namespace cdiscount::rpc {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kTokens = "cdiscount.auth.v1.TokenService";
constexpr const char* kGetToken = "/cdiscount.auth.v1.TokenService/GetAccessToken";
constexpr const char* kHealth = "/grpc.health.v1.Health/Check";
constexpr const char* kReflection = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

Access ForIngest(RolesByName roles = {}) {
  return Access::Create({{nullptr, kTokens, {{"GetAccessToken", {"order-ingest"}}}}}, std::move(roles)).value();
}

Caller Certificate(std::vector<std::string> names) {
  return {.how = Caller::How::kCertificate, .names = std::move(names)};
}
const Caller kLocal{.how = Caller::How::kToken};
const Caller kStranger{.how = Caller::How::kStranger};

TEST(RpcAccess, NeedsARowForEachMethodAndAMethodForEachRow) {
  const auto none = Access::Create({{nullptr, kTokens, {}}}, {});
  ASSERT_THAT(none, FailsWith(ErrorCode::kInternal));
  EXPECT_EQ(none.error().message, "cdiscount.auth.v1.TokenService/GetAccessToken has no row that says who may call it");

  const auto more = Access::Create({{nullptr, kTokens, {{"GetAccessToken", {"a"}}, {"GetSecret", {"a"}}}}}, {});
  ASSERT_THAT(more, FailsWith(ErrorCode::kInternal));
  EXPECT_THAT(more.error().message, HasSubstr("has no method GetSecret"));

  EXPECT_THAT(Access::Create({{nullptr, kTokens, {{"GetAccessToken", {}}}}}, {}), FailsWith(ErrorCode::kInternal));
}

TEST(RpcAccess, LetsARoleCallWhatItsRowsName) {
  const auto access = ForIngest();

  EXPECT_THAT(access.Check(kGetToken, Certificate({"order-ingest"})), Succeeds());
  EXPECT_THAT(access.Check(kGetToken, Certificate({"node-7.prod", "order-ingest"})), Succeeds());
  EXPECT_THAT(access.Check(kGetToken, kLocal), Succeeds());
}

TEST(RpcAccess, RefusesAnotherNameAndSaysWhichItFoundAndWhoMay) {
  for (const auto& caller : {Certificate({"operator"}), Certificate({"Order-Ingest"}), Certificate({"x.order-ingest"}),
                             Certificate({"*"}), Certificate({})}) {
    const auto checked = ForIngest().Check(kGetToken, caller);

    ASSERT_THAT(checked, FailsWith(ErrorCode::kPermissionDenied)) << caller.Name();
    EXPECT_THAT(checked.error().message,
                AllOf(HasSubstr(kGetToken), HasSubstr("called by " + caller.Name()), HasSubstr("for order-ingest")));
  }
}

TEST(RpcAccess, KnowsNoStranger) {
  EXPECT_THAT(ForIngest().Check(kGetToken, kStranger), FailsWith(ErrorCode::kUnauthenticated));
  EXPECT_THAT(ForIngest().Check("/no.Such/Call", kStranger), FailsWith(ErrorCode::kUnauthenticated));
}

TEST(RpcAccess, RefusesACertificateWhatIsInNoRow) {
  EXPECT_THAT(ForIngest().Check("/no.Such/Call", Certificate({"order-ingest"})),
              FailsWith(ErrorCode::kPermissionDenied));
}

TEST(RpcAccess, ShowsHealthToAllAndReflectionToOperators) {
  const auto access = ForIngest();

  for (const auto& caller : {kStranger, Certificate({}), kLocal})
    EXPECT_THAT(access.Check(kHealth, caller), Succeeds());
  EXPECT_THAT(access.Check(kReflection, Certificate({"operator"})), Succeeds());
  EXPECT_THAT(access.Check(kReflection, Certificate({"order-ingest"})), FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_THAT(access.Check(kReflection, kStranger), FailsWith(ErrorCode::kUnauthenticated));
}

TEST(RpcAccess, GivesFurtherNamesARole) {
  const auto access = ForIngest({{"spiffe://shop/ingest?x=1", "order-ingest"}, {"laptop", "operator"}});

  EXPECT_THAT(access.Check(kGetToken, Certificate({"spiffe://shop/ingest?x=1"})), Succeeds());
  EXPECT_THAT(access.Check(kGetToken, Certificate({"laptop"})), FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_THAT(access.Check(kReflection, Certificate({"laptop"})), Succeeds());
}

TEST(RpcAccess, RefusesARoleThatNoRowNames) {
  const auto access =
      Access::Create({{nullptr, kTokens, {{"GetAccessToken", {"order-ingest"}}}}}, {{"n", "opperator"}});

  ASSERT_THAT(access, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(access.error().field, "grpc.callers");
  EXPECT_THAT(access.error().message, AllOf(HasSubstr("\"opperator\""), HasSubstr("operator, order-ingest")));
}

TEST(RpcAccess, ReadsNamesAndRoles) {
  EXPECT_EQ(*ParseRolesByName(" laptop = operator,spiffe://a?b=c=order-ingest "),
            (RolesByName{{"laptop", "operator"}, {"spiffe://a?b=c", "order-ingest"}}));
  EXPECT_EQ(*ParseRolesByName(""), RolesByName{});
  const auto twice = ParseRolesByName("laptop=operator, phone=operator, laptop=order-ingest");
  ASSERT_THAT(twice, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(twice.error().message, "names \"laptop\" twice; a name has one role");
  for (const auto* wrong : {"laptop", "=operator", "laptop=", "a=b,,c=d"}) {
    EXPECT_THAT(ParseRolesByName(wrong), FailsWith(ErrorCode::kInvalidArgument)) << wrong;
  }
}

}  // namespace
}  // namespace cdiscount::rpc
