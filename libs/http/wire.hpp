#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "core/task.hpp"
#include "http/client.hpp"
#include "http/server.hpp"
#include "http/transport.hpp"

// Inside libs/http only: HTTP/1.1 messages on a Transport.
namespace cdiscount::http::detail {

/// Bytes that arrived and belong to no message yet; goes with the connection.
using Inbox = boost::beast::flat_buffer;

struct Limits {
  std::size_t header;  ///< Bytes.
  std::size_t body;    ///< Bytes.
};

/// How reading a message ended.
struct ReadEnd {
  boost::system::error_code error;  ///< Of the connection or of HTTP; none when the message is whole.
  int refuse_with = 0;      ///< Server only: the status that says what is wrong with the request, 0 = just close.
  bool any_byte = false;    ///< At least one byte of the message arrived.
  bool keep_alive = false;  ///< The connection may carry another message.
};

/// Reads one request. `on_start` runs when its first byte is there. A client that waits for "100 Continue" gets it.
Task<ReadEnd> ReadRequest(Transport& transport, Inbox& inbox, Limits limits, ServerRequest& request,
                          std::function<void()> on_start);

/// Reads one answer; `to_head` says that it is one to HEAD and has no body. Interim answers (1xx) are skipped.
Task<ReadEnd> ReadResponse(Transport& transport, Inbox& inbox, Limits limits, bool to_head, Response& response);

/// Writes head and body, in one piece when they are small.
Task<boost::system::error_code> WriteMessage(Transport& transport, std::string head, std::string_view body);

/// The head of an answer, ending in the empty line.
std::string ResponseHead(const ServerResponse& response, bool keep_alive);

/// The head of a request. `target` is path and query, `host` the Host field.
std::string RequestHead(const Request& request, std::string_view target, std::string_view host,
                        std::string_view user_agent);

/// False when a field's name or value would break the message (line ends, control characters, no name).
bool AreWellFormed(const Headers& headers);

/// True for an error that says the other side broke HTTP or a limit, as opposed to a broken connection.
bool IsProtocolError(const boost::system::error_code& error);

}  // namespace cdiscount::http::detail
