#include "http/url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "http/message.hpp"

namespace cdiscount::http {

std::string Url::Origin() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (tls ? "https://" : "http://") + (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Url> ParseUrl(std::string_view text) {
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  // The text itself is not repeated: it may hold a password.
  if (!parsed)
    return Error{ErrorCode::kInvalidArgument, "the URL cannot be read; write it as https://host[:port]/path"};
  const auto& view = *parsed;
  if (view.scheme_id() != boost::urls::scheme::https && view.scheme_id() != boost::urls::scheme::http) {
    return Error{ErrorCode::kInvalidArgument, "the URL's scheme is neither https nor http"};
  }
  if (view.has_userinfo()) {
    return Error{ErrorCode::kInvalidArgument, "the URL holds a user or a password; send them in a header instead"};
  }
  Url url;
  url.tls = view.scheme_id() == boost::urls::scheme::https;
  url.host = PercentDecode(std::string_view(view.encoded_host_address().data(), view.encoded_host_address().size()));
  if (url.host.empty()) return Error{ErrorCode::kInvalidArgument, "the URL names no host"};
  const std::uint16_t own_port = url.tls ? 443 : 80;
  url.port = own_port;
  if (const std::string_view digits(view.port().data(), view.port().size()); !digits.empty()) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (error != std::errc{} || end != digits.data() + digits.size()) url.port = 0;
  }
  if (url.port == 0) return Error{ErrorCode::kInvalidArgument, "the URL's port is not one of 1 to 65535"};
  url.host_header = std::string(std::string_view(view.encoded_host().data(), view.encoded_host().size()));
  if (url.port != own_port) url.host_header += ":" + std::to_string(url.port);
  const auto target = view.encoded_target();
  url.target = std::string(std::string_view(target.data(), target.size()));
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

}  // namespace cdiscount::http
