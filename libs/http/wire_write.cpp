#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <string>

#include "core/time_text.hpp"
#include "http/wire.hpp"

namespace cdiscount::http::detail {
namespace {

constexpr std::size_t kOnePiece = std::size_t{16} << 10;  // up to here a copy is cheaper than a second write

bool IsTokenCharacter(char c) {
  constexpr std::string_view kSpecial = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kSpecial.find(c) != std::string_view::npos;
}

bool IsControl(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

void AppendField(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

/// Fields that the library sets itself, so that they always tell the truth.
bool IsOwn(std::string_view name) {
  constexpr std::string_view kOwn[] = {"Content-Length", "Connection", "Transfer-Encoding", "Keep-Alive"};
  return std::any_of(std::begin(kOwn), std::end(kOwn),
                     [&](std::string_view own) { return EqualsIgnoringCase(own, name); });
}

}  // namespace

bool AreWellFormed(const Headers& headers) {
  return std::all_of(headers.begin(), headers.end(), [](const auto& field) {
    return !field.first.empty() && std::all_of(field.first.begin(), field.first.end(), IsTokenCharacter) &&
           std::none_of(field.second.begin(), field.second.end(), IsControl);
  });
}

std::string ResponseHead(const ServerResponse& response, bool keep_alive) {
  const auto status = static_cast<unsigned>(response.status);
  std::string head = "HTTP/1.1 " + std::to_string(status) + ' ' +
                     std::string(boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status))) +
                     "\r\n";
  for (const auto& [name, value] : response.headers) {
    if (!IsOwn(name)) AppendField(head, name, value);
  }
  if (!response.headers.Get("Date")) {
    const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    AppendField(head, "Date", FormatHttpDate(now));
  }
  // RFC 9110, 8.6: none with 204; with 304 it would have to be the one of the 200.
  if (status != 204 && status != 304) AppendField(head, "Content-Length", std::to_string(response.body.size()));
  if (!keep_alive) AppendField(head, "Connection", "close");
  return head + "\r\n";
}

std::string RequestHead(const Request& request, std::string_view target, std::string_view host,
                        std::string_view user_agent) {
  std::string head = request.method + ' ' + std::string(target) + " HTTP/1.1\r\n";
  AppendField(head, "Host", host);
  if (!user_agent.empty() && !request.headers.Get("User-Agent")) AppendField(head, "User-Agent", user_agent);
  for (const auto& [name, value] : request.headers) {
    if (!IsOwn(name) && !EqualsIgnoringCase(name, "Host")) AppendField(head, name, value);
  }
  const bool says_length = !request.body.empty() || (request.method != "GET" && request.method != "HEAD");
  if (says_length) AppendField(head, "Content-Length", std::to_string(request.body.size()));
  return head + "\r\n";
}

Task<boost::system::error_code> WriteMessage(Transport& transport, std::string head, std::string_view body) {
  if (body.size() <= kOnePiece) {
    head.append(body);
    body = {};
  }
  const std::array<boost::asio::const_buffer, 2> buffers = {boost::asio::buffer(head),
                                                            boost::asio::buffer(body.data(), body.size())};
  const auto [error, bytes] = co_await transport.Write(buffers);
  co_return error;
}

}  // namespace cdiscount::http::detail
