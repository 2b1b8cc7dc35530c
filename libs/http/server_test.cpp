#include "http/server.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/testing/certificates.hpp"
#include "http/testing/client_fixture.hpp"
#include "telemetry/testing/captured_log.hpp"

namespace cdiscount::http {
namespace {

using boost::asio::ip::tcp;
using fakes::FailsWith;
using fakes::RunTask;
using fakes::RunUntil;
using fakes::Succeeds;
using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

/// Sends `text` and gives what comes back until the server closes.
Task<std::string> Converse(std::uint16_t port, std::string text) {
  tcp::socket socket(co_await boost::asio::this_coro::executor);
  co_await socket.async_connect({boost::asio::ip::address_v4::loopback(), port}, boost::asio::use_awaitable);
  co_await fakes::WriteText(socket, text);
  std::string answer;
  co_await boost::asio::async_read(socket, boost::asio::dynamic_buffer(answer), kTuple);
  co_return answer;
}

Task<ServerResponse> Describe(ServerRequest request) {
  if (request.path == "/throw") throw std::runtime_error("the handler is broken");
  ServerResponse response;
  if (request.path == "/204") response.status = 204;
  if (request.path == "/split") response.headers.Set("X", "a\r\nX-Injected: b");
  if (request.path == "/cut") response.delivery = Delivery::kCloseWithoutAnswer;
  if (request.path == "/half") response.delivery = Delivery::kCloseInTheMiddle;
  if (request.path == "/dated") response.headers.Set("Date", "Tue, 06 Oct 2026 15:30:00 GMT");
  response.body = request.method + ' ' + request.path + ' ' + request.body;
  co_return response;
}

class ServerTest : public fakes::NetworkTest {
 protected:
  std::string Say(const Server& server, const std::string& text) { return RunTask(io_, Converse(server.port(), text)); }
};

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  const auto server = Listen(Describe);

  const auto answers = Say(*server,
                           "POST /a%20b?x=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                           "GET http://somewhere/else HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(answers, StartsWith("HTTP/1.1 200 OK\r\n"));
  const auto first = answers.find("\r\n\r\nPOST /a b abc");
  const auto second = answers.find("\r\n\r\nGET /else ");
  ASSERT_NE(first, std::string::npos) << answers;
  ASSERT_NE(second, std::string::npos) << answers;
  EXPECT_LT(first, second);
}

TEST_F(ServerTest, AnswersHeadWithoutABodyAnd204WithoutALength) {
  const auto server = Listen(Describe);

  EXPECT_THAT(Say(*server, "HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              ::testing::AllOf(HasSubstr("Content-Length: 8\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_THAT(Say(*server, "GET /204 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              ::testing::AllOf(::testing::Not(HasSubstr("Content-Length")), EndsWith("\r\n\r\n")));
}

TEST_F(ServerTest, KeepsTheDateThatAHandlerSets) {
  const auto server = Listen(Describe);

  const auto answer = Say(*server, "GET /dated HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(answer, HasSubstr("\r\nDate: Tue, 06 Oct 2026 15:30:00 GMT\r\n"));
  EXPECT_EQ(answer.find("Date:"), answer.rfind("Date:"));
}

struct RefusedRequest {
  std::string name, text, status;
};

class RefusedRequestTest : public ServerTest, public ::testing::WithParamInterface<RefusedRequest> {};

TEST_P(RefusedRequestTest, IsAnsweredAndTheConnectionEnds) {
  const auto server = Listen(Describe, {.body_limit = 1000, .header_limit = 1000});

  const auto answer = Say(*server, GetParam().text);

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + GetParam().status + " "));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedRequestTest,
    ::testing::Values(
        RefusedRequest{"NotHttp", "hello\r\n\r\n", "400"}, RefusedRequest{"NoHost", "GET / HTTP/1.1\r\n\r\n", "400"},
        RefusedRequest{"NoPath", "GET x HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        RefusedRequest{"BadLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400"},
        RefusedRequest{"BothLengths",
                       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
        RefusedRequest{"OtherVersion", "GET / HTTP/2.7\r\nHost: x\r\n\r\n", "505"},
        RefusedRequest{"LongBody",
                       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'), "413"},
        RefusedRequest{
            "LongChunkedBody",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x'), "413"},
        RefusedRequest{"LongHead", "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", "431"}),
    [](const auto& info) { return info.param.name; });

TEST_F(ServerTest, AnswersALongBodyWith413EvenWhenTheClientGoesOnSending) {
  const auto server = Listen(Describe, {.body_limit = 1000});
  Request request{"POST", UrlOf(*server), {}, std::string(std::size_t{8} * 1024 * 1024, 'x')};

  const auto response = RunTask(io_, MakeClient().Send(request, kPatience));

  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(response->status, 413);
}

TEST_F(ServerTest, Answers500WhenAHandlerThrowsAndGoesOn) {
  const fakes::CapturedLog captured;
  const auto server = Listen(Describe);

  const auto answers = Say(*server,
                           "GET /throw HTTP/1.1\r\nHost: x\r\n\r\n"
                           "GET /after HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(answers, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answers, ::testing::Not(HasSubstr("broken")));
  EXPECT_THAT(answers, EndsWith("GET /after "));
  EXPECT_TRUE(captured.WaitFor("the handler is broken"));
}

TEST_F(ServerTest, Answers500ForAHeaderThatWouldBecomeTwo) {
  const auto server = Listen(Describe);

  const auto answer = Say(*server, "GET /split HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, ::testing::Not(HasSubstr("Injected")));
}

TEST_F(ServerTest, TellsAClientThatWaitsToGoOn) {
  const auto server = Listen(Describe, {.transfer_timeout = kSoon});

  const auto answer = Say(
      *server, "POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(answer.find("HTTP/1.1 100 Continue\r\n\r\n"), 0U);  // and ends there: the body never came
}

TEST_F(ServerTest, CutsTheConnectionAsAHandlerAsks) {
  const auto server = Listen(Describe);

  EXPECT_EQ(Say(*server, "GET /cut HTTP/1.1\r\nHost: x\r\n\r\n"), "");
  const auto half = Say(*server, "GET /half HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_THAT(half, HasSubstr("Content-Length: 10\r\n"));
  EXPECT_THAT(half, EndsWith("\r\n\r\nGET /"));
  EXPECT_THAT(Get(MakeClient(), UrlOf(*server, "/cut")), FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(Get(MakeClient(), UrlOf(*server, "/half")), FailsWith(ErrorCode::kUnavailable));
}

TEST_F(ServerTest, ClosesAConnectionThatSaysNothing) {
  fakes::CertificateAuthority authority;
  const auto plain = Listen(Describe, {.idle_timeout = kSoon});
  const auto tls = Listen(Describe, {.tls = authority.Issue("DNS:localhost"), .transfer_timeout = kSoon});

  EXPECT_EQ(Say(*plain, ""), "");
  EXPECT_EQ(Say(*tls, ""), "");
}

TEST_F(ServerTest, ClosesAConnectionWhoseRequestNeverEnds) {
  const auto server = Listen(Describe, {.transfer_timeout = kSoon});

  EXPECT_EQ(Say(*server, "GET / HTTP/1.1\r\nHost:"), "");
}

TEST_F(ServerTest, ClosesAtOnceWhatExceedsItsConnections) {
  const auto server = Listen(Describe, {.connection_limit = 0});

  EXPECT_THAT(Get(MakeClient(), UrlOf(*server)), FailsWith(ErrorCode::kUnavailable));
}

TEST_F(ServerTest, NamesTheAddressThatIsInUse) {
  const auto first = Listen(Describe);

  const auto second = Server::Listen(io_.get_executor(), {.port = first->port()}, Describe);

  ASSERT_THAT(second, FailsWith(ErrorCode::kUnavailable));
  EXPECT_THAT(second.error().message, HasSubstr("127.0.0.1:" + std::to_string(first->port())));
}

TEST_F(ServerTest, NamesTheSettingThatIsWrong) {
  fakes::CertificateAuthority authority;
  const auto one = authority.Issue("DNS:localhost");
  const auto other = authority.Issue("DNS:localhost");
  const ServerTls absent{"/no/such.pem", "/no/such.key"};
  const ServerTls mixed{one.certificate_chain_file, other.private_key_file};

  EXPECT_THAT(Server::Listen(io_.get_executor(), {.address = "localhost"}, Describe),
              FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(Server::Listen(io_.get_executor(), {.tls = absent}, Describe), FailsWith(ErrorCode::kInvalidArgument));
  EXPECT_THAT(Server::Listen(io_.get_executor(), {.tls = mixed}, Describe), FailsWith(ErrorCode::kInvalidArgument));
}

/// A handler that waits until it is let go or cancelled.
struct Gate {
  explicit Gate(boost::asio::io_context& io) : timer(io, SteadyTime::max()) {}
  Task<ServerResponse> Handle(ServerRequest) {
    ++waiting;
    const auto [error] = co_await timer.async_wait(kTuple);
    cancelled = cancelled || (error && !open);
    co_return ServerResponse{};
  }
  void Open() {
    open = true;
    timer.cancel();
  }
  boost::asio::steady_timer timer;
  int waiting = 0;
  bool open = false;
  bool cancelled = false;
};

TEST_F(ServerTest, LetsRunningRequestsFinishWhenItStops) {
  Gate gate(io_);
  const auto server = Listen([&](ServerRequest request) { return gate.Handle(std::move(request)); });
  auto& client = MakeClient();
  const auto call = StartGet(client, UrlOf(*server));
  ASSERT_TRUE(RunUntil(io_, [&] { return gate.waiting == 1; }));

  bool stopped = false;
  boost::asio::co_spawn(io_, server->Stop(kPatience), [&](std::exception_ptr) { stopped = true; });
  EXPECT_THAT(Get(*std::make_unique<Client>(io_.get_executor(), ClientOptions{}), UrlOf(*server)),
              FailsWith(ErrorCode::kUnavailable));
  EXPECT_FALSE(stopped);
  gate.Open();
  ASSERT_TRUE(RunUntil(io_, [&] { return stopped && call->ended(); }));

  EXPECT_THAT(call->result(), Succeeds());
  EXPECT_FALSE(gate.cancelled);
}

TEST_F(ServerTest, CancelsWhatStillRunsWhenTheGraceIsOver) {
  Gate gate(io_);
  const auto server = Listen([&](ServerRequest request) { return gate.Handle(std::move(request)); });
  const auto call = StartGet(MakeClient(), UrlOf(*server));
  ASSERT_TRUE(RunUntil(io_, [&] { return gate.waiting == 1; }));

  RunTask(io_, server->Stop(kSoon));

  EXPECT_TRUE(gate.cancelled);
  ASSERT_TRUE(RunUntil(io_, [&] { return call->ended(); }));
  EXPECT_THAT(call->result(), FailsWith(ErrorCode::kUnavailable));
}

TEST_F(ServerTest, StopsAtOnceWithIdleConnectionsAndLeavesNoCoroutine) {
  fakes::CertificateAuthority authority;
  for (const bool over_tls : {false, true}) {
    ServerOptions options;
    if (over_tls) options.tls = authority.Issue("DNS:localhost");
    const auto server = Listen(Describe, options);
    auto& client = MakeClient({.ca_file = authority.ca_file()});
    ASSERT_THAT(Get(client, UrlOf(*server, "/", over_tls ? "https://localhost" : "http://localhost")), Succeeds());

    RunTask(io_, server->Stop(kPatience));
    client_.reset();

    io_.restart();
    io_.run();  // returns only when nothing is left that could run
  }
}

TEST_F(ServerTest, EndsItsCoroutinesWhenItIsDestroyedWithoutStop) {
  Gate gate(io_);
  auto server = Listen([&](ServerRequest request) { return gate.Handle(std::move(request)); });
  const auto call = StartGet(MakeClient(), UrlOf(*server));
  ASSERT_TRUE(RunUntil(io_, [&] { return gate.waiting == 1; }));

  server.reset();
  ASSERT_TRUE(RunUntil(io_, [&] { return call->ended(); }));

  io_.restart();
  io_.run();
  EXPECT_TRUE(gate.cancelled);
}

}  // namespace
}  // namespace cdiscount::http
