#include "http/server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "core/testing/result_matchers.hpp"
#include "core/testing/run_task.hpp"

namespace cdiscount::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

Task<std::string> Speak(std::uint16_t port, std::string text) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
  co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
  std::string answer;
  co_await asio::async_read(socket, asio::dynamic_buffer(answer), asio::as_tuple(asio::use_awaitable));
  co_return answer;
}

TEST(Server, Answers) {
  asio::io_context io{1};
  auto server = Server::Listen(io.get_executor(), {}, [](ServerRequest request) -> Task<ServerResponse> {
    ServerResponse response;
    response.body = request.path;
    co_return response;
  });
  ASSERT_THAT(server, fakes::Succeeds());

  const auto answer =
      fakes::RunTask(io, Speak((*server)->port(), "GET /a%20b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n/a b")) << answer;
  fakes::RunTask(io, (*server)->Stop(std::chrono::milliseconds{100}));
}

}  // namespace
}  // namespace cdiscount::http
