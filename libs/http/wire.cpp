#include "http/wire.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>
#include <utility>

namespace cdiscount::http::detail {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

constexpr std::size_t kChunk = std::size_t{64} << 10;

std::uint32_t ParserLimit(std::size_t bytes) {
  return static_cast<std::uint32_t>(std::min<std::size_t>(bytes, std::numeric_limits<std::uint32_t>::max()));
}

template <class Fields>
Headers CopyHeaders(const Fields& fields) {
  Headers headers;
  for (const auto& field : fields) headers.Add(std::string(field.name_string()), std::string(field.value()));
  return headers;
}

/// Feeds `parser` from the connection until the message is whole. `wants_continue` is asked once, when the head is
/// there and the body is not.
template <class Parser, class OnStart, class WantsContinue>
Task<ReadEnd> Feed(Transport& transport, Inbox& inbox, Limits limits, Parser& parser, OnStart on_start,
                   WantsContinue wants_continue) {
  ReadEnd end;
  parser.eager(true);
  parser.header_limit(ParserLimit(limits.header));
  parser.body_limit(limits.body);
  bool head_seen = false;
  for (;;) {
    if (inbox.size() > 0) {
      if (!end.any_byte) {
        end.any_byte = true;
        on_start();
      }
      inbox.consume(parser.put(inbox.data(), end.error));
      if (end.error == beast::http::error::need_more) end.error = {};
      if (end.error) co_return end;
      if (parser.is_done()) break;
      if (parser.is_header_done() && !head_seen) {
        head_seen = true;
        if (wants_continue()) end.error = co_await WriteMessage(transport, "HTTP/1.1 100 Continue\r\n\r\n", {});
        if (end.error) co_return end;
      }
      // The parser leaves the start of an element that it cannot read yet; only a hostile chunk header is this long.
      if (inbox.size() > limits.header + kChunk) {
        end.error = beast::http::error::buffer_overflow;
        co_return end;
      }
    }
    const auto [error, bytes] = co_await transport.ReadSome(inbox.prepare(kChunk));
    inbox.commit(bytes);
    if (error == asio::error::eof && parser.got_some()) {
      parser.put_eof(end.error);
      if (end.error) co_return end;
      break;
    }
    if (error) {
      end.error = error;
      co_return end;
    }
  }
  end.keep_alive = parser.keep_alive();
  co_return end;
}

int StatusFor(const error_code& error) {
  namespace http = beast::http;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::bad_version) return 505;
  return IsProtocolError(error) ? 400 : 0;
}

/// Path and query of a request target; false when it is neither "/path?query" nor an absolute URL.
bool SplitTarget(std::string_view target, ServerRequest& request) {
  if (const auto scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
    const auto path = target.find('/', scheme + 3);
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  if (!target.starts_with('/')) return false;
  const auto question = target.find('?');
  request.path = PercentDecode(target.substr(0, question));
  if (question != std::string_view::npos) request.query = DecodeQuery(target.substr(question + 1));
  return true;
}

}  // namespace

bool IsProtocolError(const error_code& error) {
  namespace http = beast::http;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return false;
  return error.category() == http::make_error_code(http::error::bad_value).category();
}

Task<ReadEnd> ReadRequest(Transport& transport, Inbox& inbox, Limits limits, ServerRequest& request,
                          std::function<void()> on_start) {
  beast::http::request_parser<beast::http::string_body> parser;
  const auto wants_continue = [&] {
    const auto& head = parser.get();
    return head.version() >= 11 && EqualsIgnoringCase(head[beast::http::field::expect], "100-continue");
  };

  ReadEnd end = co_await Feed(transport, inbox, limits, parser, std::move(on_start), wants_continue);
  if (end.error) {
    end.refuse_with = StatusFor(end.error);
    co_return end;
  }
  auto message = parser.release();
  request.method = std::string(message.method_string());
  request.headers = CopyHeaders(message.base());
  request.body = std::move(message.body());
  const bool host_missing = message.version() >= 11 && !request.headers.Get("Host");
  if (host_missing || !SplitTarget(std::string_view(message.target()), request)) {
    end.error = beast::http::error::bad_target;
    end.refuse_with = 400;
  }
  co_return end;
}

Task<ReadEnd> ReadResponse(Transport& transport, Inbox& inbox, Limits limits, bool to_head, Response& response) {
  bool any_byte = false;
  for (;;) {
    beast::http::response_parser<beast::http::string_body> parser;
    parser.skip(to_head);
    const auto nothing = [] {};
    const auto never = [] { return false; };

    ReadEnd end = co_await Feed(transport, inbox, limits, parser, nothing, never);
    any_byte = any_byte || end.any_byte;
    end.any_byte = any_byte;
    if (end.error) co_return end;
    auto message = parser.release();
    const int status = static_cast<int>(message.result_int());
    if (status >= 100 && status < 200 && status != 101) continue;
    response.status = status;
    response.headers = CopyHeaders(message.base());
    response.body = std::move(message.body());
    co_return end;
  }
}

}  // namespace cdiscount::http::detail
