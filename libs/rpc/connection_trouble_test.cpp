#include "rpc/connection_trouble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cdiscount::rpc {
namespace {

using ::testing::HasSubstr;

// As gRPC 1.51 says them.
const std::string kFailed = "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:7101: ";

TEST(ConnectionTrouble, IsToldInWordsWithWhatToLookAt) {
  const std::pair<std::string, std::string> told[] = {
      {"DNS resolution failed for auth.invalid:7101: C-ares status is not ARES_SUCCESS: Domain name not found",
       "its name cannot be resolved (Domain name not found)"},
      {kFailed + "Failed to connect to remote host: Connection refused", "no program listens there"},
      {kFailed + "Ssl handshake failed: SSL_ERROR_SSL: error:1000007d:SSL routines::certificate verify failed",
       "its certificate is not signed by the CA"},
      {kFailed + "Ssl handshake failed: SSL_ERROR_SSL: error:100000f7:SSL routines::wrong version number",
       "it does not speak TLS"},
      {kFailed + "custom verification check failed with error: UNAUTHENTICATED: Hostname Verification Check failed.",
       "its certificate is for another name"},
      {"Socket closed", "it may want TLS"},
      {"Deadline Exceeded", "no answer within the time-out"},
      {kFailed + "Failed to connect to remote host: No route to host", "No route to host"},
  };
  for (const auto& [grpc, words] : told) EXPECT_THAT(ConnectionTrouble(grpc), HasSubstr(words)) << grpc;
}

TEST(ConnectionTrouble, LeavesTheWordsOfAServerAlone) {
  for (const std::string said : {"the marketplace did not answer: Socket closed", "the service is starting", ""}) {
    EXPECT_EQ(ConnectionTrouble(said), said);
  }
}

TEST(ConnectionTrouble, KnowsWhenNothingWasSent) {
  EXPECT_TRUE(NeverConnected({grpc::StatusCode::UNAVAILABLE, kFailed + "Connection refused"}));
  EXPECT_FALSE(NeverConnected({grpc::StatusCode::UNAVAILABLE, "Socket closed"}));
  EXPECT_FALSE(NeverConnected({grpc::StatusCode::INTERNAL, kFailed}));
  EXPECT_FALSE(NeverConnected(grpc::Status::OK));
}

}  // namespace
}  // namespace cdiscount::rpc
