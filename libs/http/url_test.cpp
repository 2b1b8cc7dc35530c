#include "http/url.hpp"

#include <gtest/gtest.h>

#include "core/testing/result_matchers.hpp"

namespace cdiscount::http {
namespace {

struct UrlCase {
  std::string text, origin, host_header, target;
};

class ReadableUrl : public ::testing::TestWithParam<UrlCase> {};

TEST_P(ReadableUrl, IsSplitIntoWhatARequestNeeds) {
  const auto url = ParseUrl(GetParam().text);

  ASSERT_THAT(url, fakes::Succeeds());
  EXPECT_EQ(url->Origin(), GetParam().origin);
  EXPECT_EQ(url->host_header, GetParam().host_header);
  EXPECT_EQ(url->target, GetParam().target);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReadableUrl,
    ::testing::Values(UrlCase{"https://api.example", "https://api.example:443", "api.example", "/"},
                      UrlCase{"http://api.example/a/b%20c?d=%2F", "http://api.example:80", "api.example",
                              "/a/b%20c?d=%2F"},
                      UrlCase{"https://api.example:8443?q=1", "https://api.example:8443", "api.example:8443", "/?q=1"},
                      UrlCase{"HTTPS://api.example:443/#part", "https://api.example:443", "api.example", "/"},
                      UrlCase{"http://127.0.0.1:80/x", "http://127.0.0.1:80", "127.0.0.1", "/x"},
                      UrlCase{"https://[::1]:8443/x", "https://[::1]:8443", "[::1]:8443", "/x"}));

TEST(ParseUrl, RefusesWhatNoRequestCanGoTo) {
  for (const auto* text : {"", "api.example/x", "ftp://api.example/", "https:///x", "https://api.example:0/",
                           "https://api.example:99999/", "https://api.example/a b", "https://api.example/\r\nx: y"}) {
    EXPECT_THAT(ParseUrl(text), fakes::FailsWith(ErrorCode::kInvalidArgument)) << text;
  }
}

TEST(ParseUrl, RefusesAPasswordAndDoesNotRepeatIt) {
  const auto url = ParseUrl("https://me:hunter2@api.example/");

  ASSERT_THAT(url, fakes::FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(url.error().message.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace cdiscount::http
