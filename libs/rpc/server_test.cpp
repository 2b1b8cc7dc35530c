#include "rpc/server.hpp"

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <filesystem>

#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "core/testing/result_matchers.hpp"
#include "rpc/channel.hpp"
#include "rpc/testing/token_file.hpp"
#include "rpc/token_file.hpp"

namespace cdiscount::rpc {
namespace {

using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

const MutualTls kTls{"chain.pem", "key.pem", "ca.pem"};
constexpr const char* kToken = "some.token";

/// One blocking unary call with raw bytes; gives its status.
grpc::Status Raw(std::uint16_t port, const std::string& method, const std::string& bytes, std::string* answer = nullptr,
                 const std::string& token = "") {
  const auto channel = grpc::CreateChannel(fmt::format("127.0.0.1:{}", port), grpc::InsecureChannelCredentials());
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + 10s);
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
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
  EXPECT_THAT(CheckListener({.token_file = kToken}), Succeeds());
  EXPECT_THAT(CheckListener({.address = "::1", .token_file = kToken}), Succeeds());
}

TEST(RpcListener, RefusesPlainTextWithoutATokenFile) {
  const auto checked = CheckListener({});

  ASSERT_THAT(checked, FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_EQ(checked.error().field, "grpc.token_file");
  EXPECT_THAT(CheckListener({.tls = kTls}), Succeeds());
}

TEST(RpcListener, SaysWhereItsTokenFileShouldLieWhenItCannotBeMade) {
  try {
    const Server server({.token_file = "no-such-folder/auth.token"}, {});
    FAIL() << "it listens without a token";
  } catch (const BadResult& refused) {
    EXPECT_EQ(refused.error().field, "grpc.token_file");
    const auto path = std::filesystem::current_path() / "no-such-folder/auth.token";
    EXPECT_THAT(refused.error().message, HasSubstr(path.string() + " cannot be made: No such file or directory"));
  }
}

TEST(RpcListener, RefusesAnotherAddressWithoutMutualTls) {
  for (const auto* address : {"0.0.0.0", "::", "10.1.2.3", "192.168.0.1", "127.0.0.7"}) {
    const auto checked = CheckListener({.address = address, .token_file = kToken});

    ASSERT_THAT(checked, FailsWith(ErrorCode::kInvalidArgument)) << address;
    EXPECT_THAT(checked.error().message, HasSubstr("listen on 127.0.0.1 or ::1, or set up mutual TLS"));
    EXPECT_EQ(checked.error().field, "grpc.address");
    EXPECT_THAT(CheckListener({.address = address, .tls = kTls}), Succeeds());
  }
}

TEST(RpcListener, RefusesWhatIsNoAddress) {
  EXPECT_THAT(CheckListener({.address = "localhost"}), FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(CheckListener({.address = ""}), FailsWith(ErrorCode::kInvalidArgument));
}

class RpcServer : public ::testing::Test {
 protected:
  ServerOptions Options(ServerOptions options = {}) const {
    options.token_file = token_.path();
    return options;
  }

  fakes::TokenFile token_;
  auth::v1::TokenService::CallbackService service_;  // answers UNIMPLEMENTED
  std::vector<Api> apis_ = {
      {&service_, auth::v1::TokenService::service_full_name(), {{"GetAccessToken", {"order-ingest"}}}}};
  // gRPC takes a service once.
  auth::v1::TokenService::CallbackService second_, third_;
  std::vector<Api> seconds_ = {{&second_, apis_[0].name, apis_[0].rows}};
  std::vector<Api> thirds_ = {{&third_, apis_[0].name, apis_[0].rows}};
};

TEST_F(RpcServer, RefusesAPortThatIsTaken) {
  Server first(Options(), apis_);

  try {
    Server second(Options({.port = first.port()}), seconds_);
    FAIL() << "two servers share port " << first.port();
  } catch (const BadResult& refused) {
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(first.port())));
  }
}

TEST_F(RpcServer, NamesTheTlsFileThatCannotBeRead) {
  try {
    Server server({.tls = kTls}, apis_);
    FAIL() << "it serves without a certificate";
  } catch (const BadResult& refused) {
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(refused.error().message, HasSubstr("\"chain.pem\""));
  }
}

TEST_F(RpcServer, SaysThatItServes) {
  Server server(Options(), apis_);
  std::string answer;

  const auto status = Raw(server.port(), "/grpc.health.v1.Health/Check", "", &answer);

  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(answer, "\x08\x01");  // status: SERVING
}

TEST_F(RpcServer, OffersReflectionOnlyWhenAskedTo) {
  const std::string method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  const Server without(Options(), apis_);
  const Server with(Options({.reflection = true}), seconds_);
  const Server again(Options(), thirds_);

  const auto token = ReadTokenFile(token_.path())->Reveal();
  const std::string list("\x3a\x00", 2);
  EXPECT_EQ(Raw(without.port(), method, "", nullptr, token).error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(Raw(with.port(), method, list, nullptr, token).ok());
  EXPECT_EQ(Raw(with.port(), method, list).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Raw(again.port(), method, "", nullptr, token).error_code(), grpc::StatusCode::UNIMPLEMENTED)
      << "one server, not all";
}

TEST_F(RpcServer, SaysThatThereIsNoSuchCallToWhoMayAsk) {
  Server server(Options(), apis_);
  const auto token = ReadTokenFile(token_.path())->Reveal();

  EXPECT_EQ(Raw(server.port(), "/cdiscount.auth.v1.TokenService/Other", "", nullptr, token).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(Raw(server.port(), "/cdiscount.auth.v1.TokenService/Other", "").error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(RpcServer, DoesNotStartWithAMethodThatHasNoRow) {
  EXPECT_THROW(Server(Options(), {{&service_, apis_[0].name, {}}}), BadResult);
}

TEST(RpcTarget, IsTalkedToInPlainTextOnThisMachineAlone) {
  for (const auto* here : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"}) {
    EXPECT_THAT(CheckTarget({.target = here}), Succeeds()) << here;
  }
  for (const auto* away : {"10.0.0.1:1", "auth.shop:7101", "localhost.evil:1", "127.0.0.1.evil:1", "0.0.0.0:1", ":1"}) {
    ASSERT_THAT(CheckTarget({.target = away}), FailsWith(ErrorCode::kInvalidArgument)) << away;
    EXPECT_THAT(CheckTarget({.target = away}).error().message, HasSubstr("plain text is for this machine alone"));
    EXPECT_THAT(CheckTarget({.target = away, .tls = kTls}), Succeeds());
  }
}

TEST_F(RpcServer, TakesNoCallsOnceItHasDrained) {
  Server server(Options(), apis_);

  server.Drain(1s);
  server.Drain(1s);

  EXPECT_EQ(Raw(server.port(), "/grpc.health.v1.Health/Check", "").error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace cdiscount::rpc
