#include "http/client.hpp"
#include "http/testing/certificates.hpp"
#include "http/testing/client_fixture.hpp"

namespace cdiscount::http {
namespace {

using fakes::CertificateAuthority;
using fakes::FailsWith;
using fakes::Succeeds;
using ::testing::HasSubstr;

Task<ServerResponse> SayHello(ServerRequest) {
  ServerResponse response;
  response.body = "hello";
  co_return response;
}

class ClientTlsTest : public fakes::NetworkTest {
 protected:
  std::unique_ptr<Server> ListenAs(ServerTls certificate) {
    ServerOptions options;
    options.tls = std::move(certificate);
    return Listen(SayHello, std::move(options));
  }
  Client& MakeTrusting(const CertificateAuthority& authority) { return MakeClient({.ca_file = authority.ca_file()}); }

  CertificateAuthority authority_;
};

TEST_F(ClientTlsTest, SpeaksToAServerWhoseCertificateIsForItsNameOrAddress) {
  const auto server = ListenAs(authority_.Issue("DNS:localhost,IP:127.0.0.1"));
  auto& client = MakeTrusting(authority_);

  for (const auto* origin : {"https://localhost", "https://127.0.0.1"}) {
    for (int i = 0; i < 2; ++i) {
      const auto response = Get(client, UrlOf(*server, "/", origin));
      ASSERT_THAT(response, Succeeds());
      EXPECT_EQ(response->body, "hello");
    }
  }
}

TEST_F(ClientTlsTest, ShakesHandsOnceForRequestsInARow) {
  const auto server = ListenAs(authority_.Issue("DNS:localhost"));
  auto& client = MakeTrusting(authority_);

  for (int i = 0; i < 5; ++i) ASSERT_THAT(Get(client, UrlOf(*server, "/", "https://localhost")), Succeeds());

  EXPECT_EQ(server->connections(), 1U);
}

TEST_F(ClientTlsTest, RefusesACertificateOfAnotherAuthorityAndSaysSo) {
  CertificateAuthority other("another authority");
  const auto server = ListenAs(other.Issue("DNS:localhost"));

  const auto response = Get(MakeTrusting(authority_), UrlOf(*server, "/", "https://localhost"));

  ASSERT_THAT(response, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(response.error().message, HasSubstr("certificate of https://localhost"));
  EXPECT_THAT(response.error().message, HasSubstr("unable to get local issuer certificate"));
  EXPECT_THAT(response.error().message, HasSubstr(authority_.ca_file()));
}

TEST_F(ClientTlsTest, DoesNotTrustAPrivateAuthorityUnlessTold) {
  const auto server = ListenAs(authority_.Issue("DNS:localhost"));

  const auto response = Get(MakeClient(), UrlOf(*server, "/", "https://localhost"));

  ASSERT_THAT(response, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(response.error().message, HasSubstr("refused"));
}

TEST_F(ClientTlsTest, RefusesACertificateForAnotherHostAndSaysSo) {
  const auto server = ListenAs(authority_.Issue("DNS:example.com,IP:127.0.0.2"));
  auto& client = MakeTrusting(authority_);

  for (const auto* host : {"localhost", "127.0.0.1"}) {
    const auto response = Get(client, UrlOf(*server, "/", std::string("https://") + host));
    ASSERT_THAT(response, FailsWith(ErrorCode::kUnavailable));
    EXPECT_THAT(response.error().message, HasSubstr(std::string("another host than ") + host));
  }
}

TEST_F(ClientTlsTest, RefusesACertificateThatHasEnded) {
  const auto server = ListenAs(authority_.Issue("DNS:localhost", true));

  const auto response = Get(MakeTrusting(authority_), UrlOf(*server, "/", "https://localhost"));

  ASSERT_THAT(response, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(response.error().message, HasSubstr("expired"));
}

TEST_F(ClientTlsTest, SaysSoWhenTheServerSpeaksNoTls) {
  const auto server = Listen(SayHello);

  EXPECT_THAT(Get(MakeTrusting(authority_), UrlOf(*server, "/", "https://localhost")),
              FailsWith(ErrorCode::kUnavailable));
}

TEST_F(ClientTlsTest, EndsACancelledHandshakeAtOnce) {
  int connections = 0;
  fakes::RawPeer peer(io_, [&](fakes::Socket& socket, int number) -> Task<> {
    connections = number;
    return [](fakes::Socket& s) -> Task<> { co_await fakes::ReadHead(s); }(socket);
  });
  const auto call = StartGet(MakeTrusting(authority_), peer.url("https"));
  ASSERT_TRUE(fakes::RunUntil(io_, [&] { return connections == 1; }));

  call->Cancel();
  ASSERT_TRUE(fakes::RunUntil(io_, [&] { return call->ended(); }));

  EXPECT_THAT(call->result(), FailsWith(ErrorCode::kCancelled));
}

TEST_F(ClientTlsTest, StopsTheStartWhenTheCaFileCannotBeRead) {
  try {
    MakeClient({.ca_file = "/no/such/ca.pem"});
    FAIL() << "a client without its CA was made";
  } catch (const BadResult& bad) {
    EXPECT_EQ(bad.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(bad.error().message, HasSubstr("/no/such/ca.pem"));
  }
}

}  // namespace
}  // namespace cdiscount::http
