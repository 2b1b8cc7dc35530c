#include "rpc/server.hpp"

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "core/testing/result_matchers.hpp"

namespace cdiscount::rpc {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

const MutualTls kTls{"chain.pem", "key.pem", "ca.pem"};

/// One blocking unary call with raw bytes; gives its status.
grpc::Status Raw(std::uint16_t port, const std::string& method, const std::string& bytes,
                 std::string* answer = nullptr) {
  const auto channel = grpc::CreateChannel(fmt::format("127.0.0.1:{}", port), grpc::InsecureChannelCredentials());
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + 10s);
  grpc::CompletionQueue queue;
  const grpc::Slice slice(bytes);
  const auto reader = stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(&slice, 1), &queue);
  reader->StartCall();
  grpc::ByteBuffer received;
  grpc::Status status;
  reader->Finish(&received, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (answer != nullptr && status.ok()) {
    grpc::Slice whole;
    received.DumpToSingleSlice(&whole);
    answer->assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
  }
  return status;
}

TEST(RpcListener, MayListenOnLoopbackInPlainText) {
  EXPECT_THAT(CheckListener({}), Succeeds());
  EXPECT_THAT(CheckListener({.address = "127.0.0.7"}), Succeeds());
  EXPECT_THAT(CheckListener({.address = "::1"}), Succeeds());
}

TEST(RpcListener, RefusesAnotherAddressWithoutMutualTls) {
  for (const auto* address : {"0.0.0.0", "::", "10.1.2.3", "192.168.0.1"}) {
    const auto checked = CheckListener({.address = address});

    ASSERT_THAT(checked, FailsWith(ErrorCode::kInvalidArgument)) << address;
    EXPECT_THAT(checked.error().message, HasSubstr("listen on 127.0.0.1, or set up mutual TLS"));
    EXPECT_EQ(checked.error().field, "address");
    EXPECT_THAT(CheckListener({.address = address, .tls = kTls}), Succeeds());
  }
}

TEST(RpcListener, RefusesWhatIsNoAddress) {
  EXPECT_THAT(CheckListener({.address = "localhost"}), FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(CheckListener({.address = ""}), FailsWith(ErrorCode::kInvalidArgument));
}

class RpcServer : public ::testing::Test {
 protected:
  auth::v1::TokenService::CallbackService service_;  // answers UNIMPLEMENTED
};

TEST_F(RpcServer, RefusesAPortThatIsTaken) {
  Server first({}, {&service_});

  try {
    Server second({.port = first.port()}, {&service_});
    FAIL() << "two servers share port " << first.port();
  } catch (const BadResult& refused) {
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(first.port())));
  }
}

TEST_F(RpcServer, NamesTheTlsFileThatCannotBeRead) {
  try {
    Server server({.tls = kTls}, {&service_});
    FAIL() << "it serves without a certificate";
  } catch (const BadResult& refused) {
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(refused.error().message, HasSubstr("\"chain.pem\""));
  }
}

TEST_F(RpcServer, SaysThatItServes) {
  Server server({}, {&service_});
  std::string answer;

  const auto status = Raw(server.port(), "/grpc.health.v1.Health/Check", "", &answer);

  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(answer, "\x08\x01");  // status: SERVING
}

TEST_F(RpcServer, OffersReflectionOnlyWhenAskedTo) {
  const std::string method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  const Server without({}, {&service_});
  const Server with({.reflection = true}, {&service_});
  const Server again({}, {&service_});

  EXPECT_EQ(Raw(without.port(), method, "").error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(Raw(with.port(), method, std::string("\x3a\x00", 2)).ok());
  EXPECT_EQ(Raw(again.port(), method, "").error_code(), grpc::StatusCode::UNIMPLEMENTED) << "one server, not all";
}

TEST_F(RpcServer, TakesNoCallsOnceItHasDrained) {
  Server server({}, {&service_});

  server.Drain(1s);
  server.Drain(1s);

  EXPECT_EQ(Raw(server.port(), "/grpc.health.v1.Health/Check", "").error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace cdiscount::rpc
