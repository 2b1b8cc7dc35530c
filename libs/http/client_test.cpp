#include "http/client.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "http/testing/client_fixture.hpp"

namespace cdiscount::http {
namespace {

using fakes::FailsWith;
using fakes::RawPeer;
using fakes::RunTask;
using fakes::RunUntil;
using fakes::Socket;
using fakes::Succeeds;
using std::chrono::milliseconds;

Task<ServerResponse> Echo(ServerRequest request) {
  ServerResponse response;
  response.status = 201;
  response.headers.Set("X-Method", request.method);
  response.headers.Set("X-Path", request.path);
  response.headers.Set("X-Query", request.Query("q").value_or("none"));
  response.headers.Set("X-Echo", std::string(request.headers.Get("X-Send").value_or("none")));
  response.body = request.body;
  co_return response;
}

/// Answers every request of a connection with `answer`.
Task<> AnswerAll(Socket& socket, std::string answer) {
  while (!(co_await fakes::ReadHead(socket)).empty()) co_await fakes::WriteText(socket, answer);
}

class ClientTest : public fakes::NetworkTest {};

TEST_F(ClientTest, SendsARequestAndGivesTheWholeAnswer) {
  const auto server = Listen(Echo);
  Request request{"POST", UrlOf(*server, "/a%20b?q=1%2B1"), {{"X-Send", "hello"}}, std::string(200'000, 'x')};
  bool seen = false;

  const auto response = RunTask(io_, MakeClient().Send(request, kPatience, &seen));

  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->headers.Get("x-method"), "POST");
  EXPECT_EQ(response->headers.Get("x-path"), "/a b");
  EXPECT_EQ(response->headers.Get("x-query"), "1+1");
  EXPECT_EQ(response->headers.Get("x-echo"), "hello");
  EXPECT_EQ(response->body, request.body);
  EXPECT_TRUE(seen);
}

TEST_F(ClientTest, UsesOneConnectionForRequestsInARow) {
  RawPeer peer(io_,
               [](Socket& socket, int) { return AnswerAll(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); });
  auto& client = MakeClient();

  for (int i = 0; i < 5; ++i) ASSERT_THAT(Get(client, peer.url()), Succeeds());

  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(ClientTest, OpensANewConnectionAfterConnectionClose) {
  RawPeer peer(io_, [](Socket& socket, int) {
    return AnswerAll(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  });
  auto& client = MakeClient();

  for (int i = 0; i < 3; ++i) ASSERT_THAT(Get(client, peer.url()), Succeeds());

  EXPECT_EQ(peer.connections(), 3);
}

TEST_F(ClientTest, DoesNotUseAConnectionThatWasIdleForTooLong) {
  RawPeer peer(io_, [](Socket& socket, int) { return AnswerAll(socket, "HTTP/1.1 204 No Content\r\n\r\n"); });
  auto& client = MakeClient({.idle_timeout = milliseconds{0}});

  for (int i = 0; i < 2; ++i) ASSERT_THAT(Get(client, peer.url()), Succeeds());

  EXPECT_EQ(peer.connections(), 2);
}

struct AnswerCase {
  std::string name, method, wire;
  int status;
  std::string body;
};

class ReadableAnswer : public ClientTest, public ::testing::WithParamInterface<AnswerCase> {};

TEST_P(ReadableAnswer, IsReadAndTheConnectionIsUsedAgain) {
  RawPeer peer(io_, [](Socket& socket, int) { return AnswerAll(socket, GetParam().wire); });
  auto& client = MakeClient();

  for (int i = 0; i < 2; ++i) {
    Request request;
    request.method = GetParam().method;
    request.url = peer.url();
    const auto response = RunTask(io_, client.Send(request, kPatience));

    ASSERT_THAT(response, Succeeds());
    EXPECT_EQ(response->status, GetParam().status);
    EXPECT_EQ(response->body, GetParam().body);
  }
  EXPECT_EQ(peer.connections(), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReadableAnswer,
    ::testing::Values(
        AnswerCase{
            "Chunked", "GET",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n",
            200, "abcde"},
        AnswerCase{"Head", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", 200, ""},
        AnswerCase{"NoContent", "DELETE", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
        AnswerCase{"NotModified", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", 304, ""},
        AnswerCase{"Empty", "GET", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 500, ""},
        AnswerCase{"AfterInterim", "GET",
                   "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                   200, "ok"}),
    [](const auto& info) { return info.param.name; });

Task<> AnswerAndClose(Socket& socket, std::string answer) {
  co_await fakes::ReadHead(socket);
  co_await fakes::WriteText(socket, answer);
}

TEST_F(ClientTest, ReadsABodyThatEndsWithTheConnection) {
  RawPeer peer(io_, [](Socket& socket, int) { return AnswerAndClose(socket, "HTTP/1.0 200 OK\r\n\r\nuntil the end"); });

  const auto response = Get(MakeClient(), peer.url());

  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(response->body, "until the end");
}

TEST_F(ClientTest, RefusesAnAnswerBeyondItsLimits) {
  RawPeer announced(
      io_, [](Socket& socket, int) { return AnswerAll(socket, "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"); });
  RawPeer chunked(io_, [](Socket& socket, int) {
    return AnswerAll(socket,
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'x') + "\r\n");
  });
  RawPeer headers(io_, [](Socket& socket, int) {
    return AnswerAll(socket, "HTTP/1.1 200 OK\r\nX: " + std::string(2000, 'x') + "\r\n\r\n");
  });
  RawPeer endless_chunk_head(io_, [](Socket& socket, int) {
    return AnswerAll(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(200'000, 'x'));
  });
  auto& client = MakeClient({.body_limit = 100, .header_limit = 1000});

  for (const auto* peer : {&announced, &chunked, &headers, &endless_chunk_head}) {
    EXPECT_THAT(Get(client, peer->url()), FailsWith(ErrorCode::kUnreadable));
  }
}

TEST_F(ClientTest, RefusesAnAnswerThatIsNotHttp) {
  RawPeer peer(io_, [](Socket& socket, int) { return AnswerAndClose(socket, "220 mail.example ESMTP\r\n\r\n"); });

  EXPECT_THAT(Get(MakeClient(), peer.url()), FailsWith(ErrorCode::kUnreadable));
}

TEST_F(ClientTest, RefusesAHeaderThatWouldBecomeTwo) {
  Request request;
  request.url = "http://127.0.0.1:1/";
  request.headers.Set("X-Trap", "a\r\nX-Injected: b");

  EXPECT_THAT(RunTask(io_, MakeClient().Send(request, kPatience)), FailsWith(ErrorCode::kInvalidArgument));
}

TEST_F(ClientTest, NamesTheHostThatRefusesTheConnection) {
  std::string url;
  {
    const auto gone = Listen(Echo);
    url = UrlOf(*gone);
    RunTask(io_, gone->Stop(milliseconds{0}));
  }

  const auto response = Get(MakeClient(), url);

  ASSERT_THAT(response, FailsWith(ErrorCode::kUnavailable));
  EXPECT_NE(response.error().message.find(url.substr(0, url.size() - 1)), std::string::npos)
      << response.error().message;
}

TEST_F(ClientTest, NamesTheHostThatDoesNotExist) {
  // A label this long cannot exist, so that no name server is asked.
  const auto response = Get(MakeClient(), "http://no-such-host-" + std::string(64, 'x') + ".invalid/");

  ASSERT_THAT(response, FailsWith(ErrorCode::kUnavailable));
  EXPECT_NE(response.error().message.find("no-such-host-"), std::string::npos) << response.error().message;
}

TEST_F(ClientTest, NeverOpensMoreConnectionsThanItMay) {
  RawPeer peer(io_,
               [](Socket& socket, int) { return AnswerAll(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); });
  auto& client = MakeClient({.connections_per_host = 3});
  std::vector<std::unique_ptr<fakes::PendingCall>> calls;

  for (int i = 0; i < 20; ++i) calls.push_back(StartGet(client, peer.url()));
  ASSERT_TRUE(RunUntil(
      io_, [&] { return std::all_of(calls.begin(), calls.end(), [](const auto& call) { return call->ended(); }); }));

  EXPECT_EQ(peer.connections(), 3);
  for (const auto& call : calls) EXPECT_THAT(call->result(), Succeeds());
}

TEST_F(ClientTest, DoesNotKeepAConnectionThatSaysMoreThanItsAnswer) {
  RawPeer peer(io_, [](Socket& socket, int) {
    return AnswerAll(socket,
                     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  });
  auto& client = MakeClient();

  for (int i = 0; i < 2; ++i) {
    const auto response = Get(client, peer.url());
    ASSERT_THAT(response, Succeeds());
    EXPECT_EQ(response->body, "ok");
  }
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(ClientTest, CarriesAHundredRequestsAtOnce) {
  const auto server = Listen(Echo);
  auto& client = MakeClient({.connections_per_host = 8});
  std::vector<std::unique_ptr<fakes::PendingCall>> calls;

  for (int i = 0; i < 100; ++i) calls.push_back(StartGet(client, UrlOf(*server, "/" + std::to_string(i))));
  ASSERT_TRUE(RunUntil(
      io_, [&] { return std::all_of(calls.begin(), calls.end(), [](const auto& call) { return call->ended(); }); }));

  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(calls[static_cast<std::size_t>(i)]->result(), Succeeds());
    EXPECT_EQ(calls[static_cast<std::size_t>(i)]->result()->headers.Get("X-Path"), "/" + std::to_string(i));
  }
}

}  // namespace
}  // namespace cdiscount::http
