// Admission over real connections: in plain text with and without the token, and with certificates.
#include "rpc/gate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"
#include "http/testing/certificates.hpp"
#include "rpc/client.hpp"
#include "rpc/testing/in_process_server.hpp"
#include "rpc/token_file.hpp"
#include "rpc/unary.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::rpc {
namespace {

using auth::v1::GetAccessTokenRequest;
using auth::v1::GetAccessTokenResponse;
using auth::v1::TokenService;
using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

/// Counts who came as far as the handler.
class TokenApi final : public TokenService::CallbackService {
 public:
  explicit TokenApi(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* GetAccessToken(grpc::CallbackServerContext* context, const GetAccessTokenRequest* request,
                                           GetAccessTokenResponse* response) override {
    return Unary(calls_, context, request, response,
                 [this](const GetAccessTokenRequest&, CallContext call) { return Answer(std::move(call)); });
  }
  std::vector<Api> apis() {
    return {{this, TokenService::service_full_name(), {{"GetAccessToken", {"order-ingest"}, /*audit=*/true}}}};
  }

  std::vector<std::string> callers;

 private:
  Task<Result<GetAccessTokenResponse>> Answer(CallContext call) {
    callers.push_back(call.caller);
    co_return GetAccessTokenResponse();
  }
  Calls& calls_;
};

class RpcGate : public ::testing::Test {
 protected:
  void SetUp() override { io_.poll(); }
  ~RpcGate() override { Drain(); }

  std::uint16_t Serve(ServerOptions options) {
    server_.emplace(std::move(options), api_.apis());
    return server_->port();
  }
  void Drain() {
    std::atomic<bool> drained = false;
    const std::jthread drain([&] {
      server_.reset();
      drained = true;
    });
    while (!drained) {
      io_.restart();
      io_.run_one_for(5ms);
    }
  }

  Result<GetAccessTokenResponse> Ask(ChannelOptions options) {
    Channel channel(io_.get_executor(), std::move(options));
    Client<TokenService> tokens(channel);
    return fakes::RunTask(io_, tokens.Call(&TokenService::Stub::async::GetAccessToken, GetAccessTokenRequest{},
                                           {.deadline = 10s, .connect_within = 0ms}));
  }

  boost::asio::io_context io_{1};
  telemetry::Metrics metrics_{"test"};
  Calls calls_{io_.get_executor(), metrics_};
  TokenApi api_{calls_};
  std::optional<Server> server_;
};

TEST_F(RpcGate, LetsInWhoSendsTheTokenAndLogsTheCall) {
  fakes::CapturedLog captured;
  const fakes::TokenFile token;
  const auto target = fmt::format("127.0.0.1:{}", Serve({.token_file = token.path()}));

  EXPECT_THAT(Ask({.target = target, .token_file = token.path()}), Succeeds());

  EXPECT_THAT(api_.callers, testing::ElementsAre("local"));
  EXPECT_THAT(captured.lines(),
              Contains(AllOf(HasSubstr("rpc_answered"), HasSubstr("\"caller\":\"local\""),
                             HasSubstr("\"method\":\"GetAccessToken\""), HasSubstr("\"code\":\"OK\""))));
  EXPECT_THAT(captured.lines(),
              Contains(AllOf(HasSubstr("rpc_audited"), HasSubstr("\"audit\":true"), HasSubstr("\"caller\":\"local\""),
                             HasSubstr("/cdiscount.auth.v1.TokenService/GetAccessToken"))));
  EXPECT_THAT(captured.lines(), Not(Contains(HasSubstr(ReadTokenFile(token.path())->Reveal()))));
}

TEST_F(RpcGate, KeepsAStrangerOnTheSameMachineOut) {
  fakes::CapturedLog captured;
  const fakes::TokenFile token, another;
  ASSERT_THAT(MakeTokenFile(another.path()), Succeeds());
  const auto target = fmt::format("127.0.0.1:{}", Serve({.token_file = token.path()}));

  const auto without = Ask({.target = target});
  const auto wrong = Ask({.target = target, .token_file = another.path()});
  const auto missing = Ask({.target = target, .token_file = "/no/such/token"});

  for (const auto& refused : {without, wrong, missing}) {
    ASSERT_THAT(refused, FailsWith(ErrorCode::kUnauthenticated));
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr(token.path()), HasSubstr("--token-file")));
  }
  EXPECT_THAT(missing.error().message, HasSubstr("the file /no/such/token does not exist"));
  EXPECT_THAT(api_.callers, testing::IsEmpty());
  EXPECT_THAT(captured.lines(), Contains(AllOf(HasSubstr("rpc_refused"), HasSubstr("GetAccessToken"),
                                               HasSubstr("\"caller\":\"stranger\""))));
  EXPECT_THAT(captured.lines(), Not(Contains(HasSubstr("rpc_audited"))));
}

class RpcGateWithCertificates : public RpcGate {
 protected:
  static MutualTls Of(const http::ServerTls& pair, const std::string& ca) {
    return {.certificate_chain_file = pair.certificate_chain_file,
            .private_key_file = pair.private_key_file,
            .peer_ca_file = ca,
            .read_again = 1s};
  }
  MutualTls Named(const std::string& names) { return Of(ca_.Issue(names), ca_.ca_file()); }
  void ServeWith(RolesByName roles = {}) {
    target_ = fmt::format("127.0.0.1:{}", Serve({.tls = Named("IP:127.0.0.1,DNS:auth"), .roles = std::move(roles)}));
  }

  fakes::CertificateAuthority ca_;
  std::string target_;
};

TEST_F(RpcGateWithCertificates, LetsInAName) {
  fakes::CapturedLog captured;
  ServeWith();

  EXPECT_THAT(Ask({.target = target_, .tls = Named("DNS:order-ingest")}), Succeeds());

  EXPECT_THAT(api_.callers, testing::ElementsAre(HasSubstr("order-ingest")));
  EXPECT_THAT(captured.lines(), Contains(AllOf(HasSubstr("rpc_answered"), HasSubstr("order-ingest"))));
}

TEST_F(RpcGateWithCertificates, LetsInAUriThatHasARole) {
  ServeWith({{"spiffe://shop/ingest", "order-ingest"}});

  EXPECT_THAT(Ask({.target = target_, .tls = Named("URI:spiffe://shop/ingest")}), Succeeds());
}

TEST_F(RpcGateWithCertificates, RefusesAStrangersCertificateOfTheRightAuthority) {
  ServeWith();

  const auto refused = Ask({.target = target_, .tls = Named("DNS:printer,URI:spiffe://shop/printer")});

  ASSERT_THAT(refused, FailsWith(ErrorCode::kPermissionDenied));
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("/cdiscount.auth.v1.TokenService/GetAccessToken"),
                                             HasSubstr("printer,spiffe://shop/printer")));
  EXPECT_THAT(api_.callers, testing::IsEmpty());
}

TEST_F(RpcGateWithCertificates, TakesTheCommonNameOfACertificateWithoutOtherNamesOnly) {
  ServeWith({{"test server", "order-ingest"}});

  EXPECT_THAT(Ask({.target = target_, .tls = Named("IP:127.0.0.1")}), Succeeds());
  EXPECT_THAT(api_.callers, testing::ElementsAre("test server"));
  for (const auto* names : {"DNS:printer", "URI:spiffe://shop/printer"}) {
    EXPECT_THAT(Ask({.target = target_, .tls = Named(names)}), FailsWith(ErrorCode::kPermissionDenied)) << names;
  }
}

TEST_F(RpcGateWithCertificates, RefusesACertificateOfAnotherAuthority) {
  ServeWith();
  fakes::CertificateAuthority stranger("another CA");

  const auto refused = Ask({.target = target_, .tls = Of(stranger.Issue("DNS:order-ingest"), ca_.ca_file())});
  const auto mistrusted = Ask({.target = target_, .tls = Of(ca_.Issue("DNS:order-ingest"), stranger.ca_file())});

  EXPECT_THAT(refused, FailsWith(ErrorCode::kUnavailable));
  ASSERT_THAT(mistrusted, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(mistrusted.error().message, HasSubstr("certificate is not signed by the CA"));
  EXPECT_THAT(api_.callers, testing::IsEmpty());
}

TEST_F(RpcGateWithCertificates, CallsAServerByTheNameInItsCertificate) {
  target_ = fmt::format("127.0.0.1:{}", Serve({.tls = Named("DNS:auth.shop")}));
  const auto own = Named("DNS:order-ingest");

  const auto by_address = Ask({.target = target_, .tls = own});

  ASSERT_THAT(by_address, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(by_address.error().message, HasSubstr("its certificate is for another name"));
  EXPECT_THAT(Ask({.target = target_, .tls = own, .server_name = "auth.shop"}), Succeeds());
}

TEST_F(RpcGateWithCertificates, RefusesPlainTextInWords) {
  ServeWith();

  const auto refused = Ask({.target = target_});

  ASSERT_THAT(refused, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(refused.error().message, HasSubstr("it may want TLS"));
}

TEST_F(RpcGateWithCertificates, ReadsItsFilesAgainWhenTheyChange) {
  ServeWith();
  const auto served = Named("IP:127.0.0.1");
  fakes::CertificateAuthority next("the next CA");
  const auto replace = [](const std::string& old, const std::string& with) {
    std::filesystem::copy_file(with, old + ".new");
    std::filesystem::rename(old + ".new", old);
  };
  server_.reset();
  target_ = fmt::format("127.0.0.1:{}", Serve({.tls = served}));
  const auto old_caller = Named("DNS:order-ingest");
  ASSERT_THAT(Ask({.target = target_, .tls = old_caller}), Succeeds());

  const auto pair = next.Issue("IP:127.0.0.1");
  const auto new_caller = Of(next.Issue("DNS:order-ingest"), next.ca_file());
  const std::string old_ca = ca_.ca_file();
  replace(served.certificate_chain_file, pair.certificate_chain_file);
  replace(served.private_key_file, pair.private_key_file);
  replace(old_ca, next.ca_file());

  const auto deadline = std::chrono::steady_clock::now() + 20s;
  auto answer = Ask({.target = target_, .tls = new_caller});
  while (!answer && std::chrono::steady_clock::now() < deadline) answer = Ask({.target = target_, .tls = new_caller});
  EXPECT_THAT(answer, Succeeds()) << "the server never showed its new certificate";
}

TEST_F(RpcGateWithCertificates, KeepsItsPairUntilTheNewOneIsWhole) {
  fakes::CapturedLog captured;
  const auto served = Named("IP:127.0.0.1");
  target_ = fmt::format("127.0.0.1:{}", Serve({.tls = served}));
  const auto next = Named("DNS:next");
  const auto caller = Named("DNS:order-ingest");

  std::filesystem::rename(next.certificate_chain_file, served.certificate_chain_file);

  ASSERT_TRUE(captured.WaitFor("tls_files_kept", 3)) << "gRPC reads what it watches as often, and has done so";
  EXPECT_THAT(captured.lines(), Contains(AllOf(HasSubstr("tls_files_kept"), HasSubstr("is not the key of"))));
  EXPECT_THAT(Ask({.target = target_, .tls = caller}), Succeeds()) << "the new certificate with the old key is no pair";

  std::filesystem::rename(next.private_key_file, served.private_key_file);

  ASSERT_TRUE(captured.WaitFor("tls_files_renewed"));
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  const auto ask = [&] { return Ask({.target = target_, .tls = caller, .server_name = "next"}); };
  auto answer = ask();
  while (!answer && std::chrono::steady_clock::now() < deadline) answer = ask();
  EXPECT_THAT(answer, Succeeds()) << "the server never showed its new certificate";
}

TEST_F(RpcGateWithCertificates, ReadsAClientsFilesAgainWhenTheyChange) {
  ServeWith();
  const auto caller = Named("DNS:printer");
  Channel channel(io_.get_executor(), {.target = target_, .tls = caller});
  Client<TokenService> tokens(channel);
  const auto ask = [&] {
    return fakes::RunTask(
        io_, tokens.Call(&TokenService::Stub::async::GetAccessToken, GetAccessTokenRequest{}, {.deadline = 10s}));
  };
  ASSERT_THAT(ask(), FailsWith(ErrorCode::kPermissionDenied));

  const auto better = ca_.Issue("DNS:order-ingest");
  std::filesystem::rename(better.certificate_chain_file, caller.certificate_chain_file);
  std::filesystem::rename(better.private_key_file, caller.private_key_file);

  const auto deadline = std::chrono::steady_clock::now() + 20s;
  auto answer = ask();
  while (!answer && std::chrono::steady_clock::now() < deadline) {
    Drain();  // so that the client connects anew
    server_.emplace(ServerOptions{.port = static_cast<std::uint16_t>(std::stoi(target_.substr(target_.rfind(':') + 1))),
                                  .tls = Named("IP:127.0.0.1")},
                    api_.apis());
    answer = ask();
  }
  EXPECT_THAT(answer, Succeeds()) << "the client never showed its new certificate";
}

}  // namespace
}  // namespace cdiscount::rpc
