// The client when the server does not answer or closes the connection, and when the caller cancels.
#include <boost/asio/steady_timer.hpp>
#include <deque>

#include "http/client.hpp"
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

constexpr auto kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Waits until the other side closes.
Task<> Hold(Socket& socket) {
  char byte = 0;
  std::size_t bytes = 1;
  while (bytes > 0) {
    std::tie(std::ignore, bytes) = co_await socket.async_read_some(boost::asio::buffer(&byte, 1),
                                                                   boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

class ClientFaultsTest : public fakes::NetworkTest {
 protected:
  Result<Response> Send(Client& client, std::string method, std::string url) {
    seen_ = false;
    Request request;
    request.method = std::move(method);
    request.url = std::move(url);
    return RunTask(io_, client.Send(std::move(request), kPatience, &seen_));
  }
  bool seen_ = false;
};

TEST_F(ClientFaultsTest, GivesUpAtTheDeadlineWhenTheServerNeverAnswers) {
  RawPeer peer(io_, [](Socket& socket, int) { return Hold(socket); });
  auto& client = MakeClient();

  const auto response = Get(client, peer.url(), kSoon);

  EXPECT_THAT(response, FailsWith(ErrorCode::kDeadlineExceeded));
}

TEST_F(ClientFaultsTest, GivesUpAtTheDeadlineWhenTheServerNeverShakesHands) {
  RawPeer peer(io_, [](Socket& socket, int) { return Hold(socket); });

  const auto response = Get(MakeClient(), peer.url("https"), kSoon);

  ASSERT_THAT(response, FailsWith(ErrorCode::kDeadlineExceeded));
  EXPECT_NE(response.error().message.find("handshake"), std::string::npos) << response.error().message;
}

Task<> AnswerHalf(Socket& socket) {
  co_await fakes::ReadHead(socket);
  co_await fakes::WriteText(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
  co_await Hold(socket);
}

TEST_F(ClientFaultsTest, GivesUpAtTheDeadlineInTheMiddleOfAnAnswer) {
  RawPeer peer(io_, [](Socket& socket, int) { return AnswerHalf(socket); });

  EXPECT_THAT(Get(MakeClient(), peer.url(), kSoon), FailsWith(ErrorCode::kDeadlineExceeded));
}

TEST_F(ClientFaultsTest, GivesUpAtTheDeadlineWhenTheServerReadsNothing) {
  RawPeer peer(io_, [](Socket&, int) -> Task<> {
    boost::asio::steady_timer never(co_await boost::asio::this_coro::executor, SteadyTime::max());
    co_await never.async_wait(boost::asio::use_awaitable);
  });
  Request request{"POST", peer.url(), {}, std::string(std::size_t{64} * 1024 * 1024, 'x')};

  EXPECT_THAT(RunTask(io_, MakeClient().Send(request, kSoon)), FailsWith(ErrorCode::kDeadlineExceeded));
}

TEST_F(ClientFaultsTest, GivesUpAtTheDeadlineWhileAllConnectionsAreBusy) {
  RawPeer peer(io_, [](Socket& socket, int) { return Hold(socket); });
  auto& client = MakeClient({.connections_per_host = 1});
  const auto busy = StartGet(client, peer.url());

  const auto response = Get(client, peer.url(), kSoon);

  ASSERT_THAT(response, FailsWith(ErrorCode::kDeadlineExceeded));
  EXPECT_NE(response.error().message.find("busy"), std::string::npos) << response.error().message;
  EXPECT_FALSE(busy->ended());
  busy->Cancel();
  ASSERT_TRUE(RunUntil(io_, [&] { return busy->ended(); }));
}

TEST_F(ClientFaultsTest, GivesUpAtOnceWhenTheDeadlineHasPassed) {
  RawPeer peer(io_, [](Socket& socket, int) { return Hold(socket); });

  EXPECT_THAT(Get(MakeClient(), peer.url(), milliseconds{0}), FailsWith(ErrorCode::kDeadlineExceeded));
  EXPECT_THAT(Get(MakeClient(), "http://localhost:1/", milliseconds{0}), FailsWith(ErrorCode::kDeadlineExceeded));
}

TEST_F(ClientFaultsTest, LetsRequestsWaitInTheOrderTheyCame) {
  std::vector<std::string> order;
  const auto server = Listen([&](ServerRequest request) -> Task<ServerResponse> {
    order.push_back(request.path);
    return [](ServerResponse response) -> Task<ServerResponse> { co_return response; }({});
  });
  auto& client = MakeClient({.connections_per_host = 1});
  std::deque<std::unique_ptr<fakes::PendingCall>> calls;

  for (const auto* path : {"/1", "/2", "/3", "/4"}) calls.push_back(StartGet(client, UrlOf(*server, path)));
  calls[2]->Cancel();
  ASSERT_TRUE(RunUntil(io_, [&] { return calls.back()->ended() && calls[2]->ended(); }));

  EXPECT_EQ(order, (std::vector<std::string>{"/1", "/2", "/4"}));
  EXPECT_THAT(calls[2]->result(), FailsWith(ErrorCode::kCancelled));
}

TEST_F(ClientFaultsTest, EndsACancelledCallAtOnceAndNeverUsesItsConnectionAgain) {
  int requests = 0;
  RawPeer peer(io_, [&](Socket& socket, int number) -> Task<> {
    return [](Socket& s, int n, int& count) -> Task<> {
      while (!(co_await fakes::ReadHead(s)).empty()) {
        ++count;
        if (n == 1) co_await Hold(s);  // the first connection never answers
        co_await fakes::WriteText(s, kOk);
      }
    }(socket, number, requests);
  });
  auto& client = MakeClient();
  const auto call = StartGet(client, peer.url());
  ASSERT_TRUE(RunUntil(io_, [&] { return requests == 1; }));

  call->Cancel();
  ASSERT_TRUE(RunUntil(io_, [&] { return call->ended(); }));

  EXPECT_THAT(call->result(), FailsWith(ErrorCode::kCancelled));
  EXPECT_THAT(Get(client, peer.url()), Succeeds());
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(ClientFaultsTest, EndsACallThatIsCancelledBeforeItBegins) {
  RawPeer peer(io_, [](Socket& socket, int) { return Hold(socket); });
  auto& client = MakeClient({.connections_per_host = 1});
  const auto call = StartGet(client, peer.url());

  call->Cancel();
  ASSERT_TRUE(RunUntil(io_, [&] { return call->ended(); }));

  EXPECT_THAT(call->result(), FailsWith(ErrorCode::kCancelled));
}

Task<> AnswerOnceThenClose(Socket& socket) {
  co_await fakes::ReadHead(socket);
  co_await fakes::WriteText(socket, kOk);
}

TEST_F(ClientFaultsTest, ReplacesAKeptConnectionThatIsFoundClosedForAnyMethod) {
  for (const auto* method : {"GET", "POST"}) {
    RawPeer peer(io_, [](Socket& socket, int) { return AnswerOnceThenClose(socket); });
    auto& client = MakeClient();

    ASSERT_THAT(Send(client, method, peer.url()), Succeeds());
    ASSERT_TRUE(RunUntil(io_, [&] { return peer.closed() == 1; }));
    ASSERT_THAT(Send(client, method, peer.url()), Succeeds());

    EXPECT_EQ(peer.connections(), 2);
  }
}

/// Answers the first request and closes when it has read the second one: as seen by the client, a kept connection that
/// was closed just as the request left.
Task<> CloseOnSecond(Socket& socket, int number, int& requests) {
  while (!(co_await fakes::ReadHead(socket)).empty()) {
    if (++requests; number == 1 && requests == 2) co_return;
    co_await fakes::WriteText(socket, kOk);
  }
}

TEST_F(ClientFaultsTest, AsksAgainWhenAKeptConnectionClosesUnderASafeRequest) {
  int requests = 0;
  RawPeer peer(io_, [&](Socket& socket, int number) { return CloseOnSecond(socket, number, requests); });
  auto& client = MakeClient();

  ASSERT_THAT(Send(client, "GET", peer.url()), Succeeds());
  ASSERT_THAT(Send(client, "GET", peer.url()), Succeeds());

  EXPECT_EQ(requests, 3);
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(ClientFaultsTest, NeverSendsARequestWithAnEffectTwice) {
  int requests = 0;
  RawPeer peer(io_, [&](Socket& socket, int number) { return CloseOnSecond(socket, number, requests); });
  auto& client = MakeClient();

  ASSERT_THAT(Send(client, "POST", peer.url()), Succeeds());
  EXPECT_THAT(Send(client, "POST", peer.url()), FailsWith(ErrorCode::kUnavailable));

  EXPECT_TRUE(seen_);
  EXPECT_EQ(requests, 2);
}

TEST_F(ClientFaultsTest, DoesNotAskAgainWhenANewConnectionCloses) {
  int requests = 0;
  RawPeer peer(io_, [&](Socket& socket, int) -> Task<> {
    return [](Socket& s, int& count) -> Task<> {
      if (!(co_await fakes::ReadHead(s)).empty()) ++count;
    }(socket, requests);
  });

  EXPECT_THAT(Send(MakeClient(), "GET", peer.url()), FailsWith(ErrorCode::kUnavailable));

  EXPECT_EQ(requests, 1);
}

TEST_F(ClientFaultsTest, DoesNotAskAgainWhenAnAnswerHasBegun) {
  int requests = 0;
  RawPeer peer(io_, [&](Socket& socket, int) -> Task<> {
    return [](Socket& s, int& count) -> Task<> {
      while (!(co_await fakes::ReadHead(s)).empty()) {
        ++count;
        co_await fakes::WriteText(s, count == 1 ? kOk : "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
        if (count > 1) co_return;
      }
    }(socket, requests);
  });
  auto& client = MakeClient();

  ASSERT_THAT(Send(client, "GET", peer.url()), Succeeds());
  EXPECT_THAT(Send(client, "GET", peer.url()), FailsWith(ErrorCode::kUnavailable));

  EXPECT_EQ(requests, 2);
}

TEST_F(ClientFaultsTest, SaysThatNothingWasSeenWhenThereWasNoConnection) {
  std::string url;
  {
    RawPeer peer(io_, [](Socket& socket, int) { return Hold(socket); });
    url = peer.url();
  }

  EXPECT_THAT(Send(MakeClient(), "POST", url), FailsWith(ErrorCode::kUnavailable));
  EXPECT_FALSE(seen_);
}

}  // namespace
}  // namespace cdiscount::http
