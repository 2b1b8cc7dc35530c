#include "rpc/status.hpp"

#include <gtest/gtest.h>

#include "core/testing/result_matchers.hpp"
#include "crypto/encoding.hpp"

namespace cdiscount::rpc {
namespace {

using namespace std::chrono_literals;

TEST(RpcStatus, CarriesEveryErrorCodeThereAndBack) {
  for (const auto code :
       {ErrorCode::kInvalidArgument, ErrorCode::kNotFound, ErrorCode::kAlreadyExists, ErrorCode::kConflict,
        ErrorCode::kUnauthenticated, ErrorCode::kPermissionDenied, ErrorCode::kThrottled, ErrorCode::kUnavailable,
        ErrorCode::kDeadlineExceeded, ErrorCode::kCancelled, ErrorCode::kUnreadable, ErrorCode::kInternal}) {
    const Error error{code, "the account \"Caf\xC3\xA9\" is gone"};

    EXPECT_EQ(FromGrpc(ToGrpc(error)), error);
  }
}

TEST(RpcStatus, CarriesTheFieldAndTheTimeToWait) {
  const Error refused{ErrorCode::kInvalidArgument, "too short", std::nullopt, "octopia.client_id"};
  const Error throttled{ErrorCode::kThrottled, "quota spent", 695'250ms};
  const Error both{ErrorCode::kInvalidArgument, "odd", 0ms, "name"};

  EXPECT_EQ(FromGrpc(ToGrpc(refused)), refused);
  EXPECT_EQ(FromGrpc(ToGrpc(throttled)), throttled);
  EXPECT_EQ(FromGrpc(ToGrpc(both)), both);
}

TEST(RpcStatus, WritesTheDetailsThatOtherClientsKnow) {
  // google.rpc.Status {8, "wait", [RetryInfo {2.5 s}]}, tag by tag.
  const auto details = ToGrpc({ErrorCode::kThrottled, "wait", 2'500ms}).error_details();

  EXPECT_EQ(crypto::HexEncode(details),
            "0808"
            "120477616974"  // code, message
            "1a36"
            "0a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e5265747279496e666f"  // Any: type
            "120a"
            "0a08"
            "0802"
            "1080cab5ee01");  // value: the delay
}

TEST(RpcStatus, TakesWhatOthersSendForTheNearestCode) {
  const std::pair<grpc::StatusCode, ErrorCode> cases[] = {{grpc::StatusCode::ABORTED, ErrorCode::kConflict},
                                                          {grpc::StatusCode::OUT_OF_RANGE, ErrorCode::kInvalidArgument},
                                                          {grpc::StatusCode::UNIMPLEMENTED, ErrorCode::kInternal},
                                                          {grpc::StatusCode::UNKNOWN, ErrorCode::kInternal}};
  for (const auto& [sent, understood] : cases) EXPECT_EQ(FromGrpc({sent, "x"}).code, understood);
}

TEST(RpcStatus, ForgivesDetailsThatItCannotRead) {
  const auto error = FromGrpc({grpc::StatusCode::NOT_FOUND, "gone", "\xFF\xFFnot a message"});

  EXPECT_EQ(error, (Error{ErrorCode::kNotFound, "gone"}));
}

}  // namespace
}  // namespace cdiscount::rpc
