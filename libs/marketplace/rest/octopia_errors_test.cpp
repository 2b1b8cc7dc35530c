#include "marketplace/rest/octopia_errors.hpp"

#include <gmock/gmock.h>

namespace cdiscount::marketplace::rest {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct ErrorCase {
  std::string name;
  int status;
  http::Headers headers;
  std::string body;
  ErrorCode code;
  std::string says;
  std::optional<milliseconds> retry_after = std::nullopt;
};

class ErrorOfTest : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(ErrorOfTest, TellsWhatTheAnswerMeans) {
  const auto& given = GetParam();
  const http::Response response{given.status, given.headers, given.body};

  const auto error = ErrorOf(response, "GET /orders for seller 98979");

  EXPECT_EQ(ToString(error.code), ToString(given.code));
  EXPECT_THAT(error.message, StartsWith("GET /orders for seller 98979: answered " + std::to_string(given.status)));
  EXPECT_THAT(error.message, HasSubstr(given.says));
  EXPECT_EQ(error.retry_after, given.retry_after);
}

const std::string kQuota =
    R"({"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 00:11:35."})";

INSTANTIATE_TEST_SUITE_P(
    Table, ErrorOfTest,
    ::testing::Values(
        ErrorCase{"Quota", 403, {}, kQuota, ErrorCode::kThrottled, "call volume quota", minutes{11} + seconds{35}},
        ErrorCase{"QuotaWithHeader", 403, {{"Retry-After", "60"}}, kQuota, ErrorCode::kThrottled, "quota", seconds{60}},
        ErrorCase{"QuotaWithoutCountdown",
                  403,
                  {},
                  R"({"message":"QUOTA exceeded at 1:2:3"})",
                  ErrorCode::kThrottled,
                  "QUOTA"},
        ErrorCase{"QuotaAsProblem",
                  403,
                  {},
                  R"({"detail":"Out of call volume quota. Quota will be replenished in 00:00:09."})",
                  ErrorCode::kThrottled,
                  "call volume",
                  seconds{9}},
        ErrorCase{"QuotaForLongerThanAnyWindow",
                  403,
                  {},
                  R"({"message":"Out of call volume quota. Quota will be replenished in 25:00:01."})",
                  ErrorCode::kThrottled,
                  "",
                  std::chrono::hours{1}},
        ErrorCase{"QuotaWithAnotherTime",
                  403,
                  {},
                  R"({"message":"Quota used up at 23:59:59, wait 25:00:01"})",
                  ErrorCode::kThrottled,
                  "used up"},
        ErrorCase{"QuotaWithNonsenseForACountdown",
                  403,
                  {},
                  R"({"message":"Out of call volume quota. Quota will be replenished in 00:99:99."})",
                  ErrorCode::kThrottled,
                  ""},
        ErrorCase{"NotLinked",
                  403,
                  {},
                  R"({"title":"Forbidden","traceId":"831ed20e"})",
                  ErrorCode::kPermissionDenied,
                  "Forbidden (traceId 831ed20e)"},
        ErrorCase{"Rate", 429, {{"Retry-After", "7"}}, "", ErrorCode::kThrottled, "no reason given", seconds{7}},
        ErrorCase{"RateInTenths", 429, {{"Retry-After", "6.5"}}, "", ErrorCode::kThrottled, "", milliseconds{6500}},
        ErrorCase{"RateToldTwice", 429, {{"Retry-After", "6, 6"}}, "", ErrorCode::kThrottled, "", seconds{6}},
        ErrorCase{"RateInTwoHeaders",
                  429,
                  {{"Retry-After", "5"}, {"retry-after", "60"}, {"Retry-After", "7"}},
                  "",
                  ErrorCode::kThrottled,
                  "",
                  seconds{60}},
        ErrorCase{"RateUntilADate",
                  429,
                  {{"Date", "Tue, 06 Oct 2026 15:30:00 GMT"}, {"Retry-After", "Tue, 06 Oct 2026 15:30:05 GMT"}},
                  "",
                  ErrorCode::kThrottled,
                  "no reason",
                  seconds{5}},
        ErrorCase{"RateUntilThePast",
                  429,
                  {{"Date", "Tue, 06 Oct 2026 15:30:00 GMT"}, {"Retry-After", "Tue, 06 Oct 2026 15:29:00 GMT"}},
                  "",
                  ErrorCode::kThrottled,
                  "no reason",
                  seconds{0}},
        ErrorCase{
            "RateForEver", 429, {{"Retry-After", "999999999"}}, "", ErrorCode::kThrottled, "", std::chrono::hours{24}},
        ErrorCase{"RateInNonsense", 429, {{"Retry-After", "soon"}}, "", ErrorCode::kThrottled, ""},
        ErrorCase{"Token",
                  401,
                  {},
                  R"({"statusCode":401,"message":"Unauthorized"})",
                  ErrorCode::kUnauthenticated,
                  "Unauthorized"},
        ErrorCase{"BadParameter",
                  400,
                  {},
                  R"({"title":"Bad","errors":{"SellerId":["The field is required.","Twice."]}})",
                  ErrorCode::kInvalidArgument,
                  "SellerId: The field is required.; SellerId: Twice."},
        ErrorCase{"ErrorsOfAnotherShape",
                  400,
                  {},
                  R"({"errors":{"a":"text","b":[1,null],"c":{}}})",
                  ErrorCode::kInvalidArgument,
                  "a: text; b: 1"},
        ErrorCase{"DetailBeforeTitle",
                  422,
                  {},
                  R"({"title":"T","detail":"the cause"})",
                  ErrorCode::kInvalidArgument,
                  "the cause"},
        ErrorCase{"Absent",
                  404,
                  {},
                  R"({"statusCode":404,"message":"Resource not found"})",
                  ErrorCode::kNotFound,
                  "Resource not found"},
        ErrorCase{"WrongState", 409, {}, R"({"detail":"being processed"})", ErrorCode::kConflict, "being processed"},
        ErrorCase{"Html",
                  502,
                  {{"Content-Type", "text/html"}},
                  "<html>Bad Gateway</html>",
                  ErrorCode::kUnavailable,
                  "an HTML page"},
        ErrorCase{"Empty", 500, {}, " \n", ErrorCode::kUnavailable, "no reason given"},
        ErrorCase{"Binary", 500, {}, std::string("\0\1\2", 3), ErrorCode::kUnavailable, "3 bytes that give no reason"},
        ErrorCase{"CutJson", 500, {}, R"({"title":"Oops)", ErrorCode::kUnavailable, "bytes that give no reason"},
        ErrorCase{"Maintenance", 503, {{"Retry-After", "120"}}, "", ErrorCode::kUnavailable, "", seconds{120}},
        ErrorCase{"Redirect",
                  302,
                  {{"Location", "https://elsewhere.example/"}},
                  "",
                  ErrorCode::kUnavailable,
                  "redirects are not followed"}),
    [](const auto& info) { return info.param.name; });

TEST(ErrorOf, NamesTheFieldAtFault) {
  const auto error = ErrorOf({400, {}, R"({"errors":{"pageSize":["too big"]}})"}, "GET /orders");

  EXPECT_EQ(error.field, "pageSize");
}

TEST(ErrorOf, KeepsTheMessageOnOneShortLine) {
  const auto error =
      ErrorOf({400, {}, R"({"detail":"line one\nline two )" + std::string(5000, 'x') + "\"}"}, "GET /orders");

  EXPECT_THAT(error.message, Not(HasSubstr("\n")));
  EXPECT_LT(error.message.size(), 500U);
}

TEST(RealmErrorOf, GivesTheWordOfTheTokenRealm) {
  EXPECT_EQ(RealmErrorOf(R"({"error":"invalid_client","error_description":"Invalid client secret"})"),
            "invalid_client");
  EXPECT_EQ(RealmErrorOf("<html>"), "");
}

}  // namespace
}  // namespace cdiscount::marketplace::rest
