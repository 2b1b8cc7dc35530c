#include "simulator/program.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cstdio>

#include "core/time_text.hpp"
#include "simulator/world/json.hpp"

namespace cdiscount::simulator {
namespace {

Error Wrong(const std::string& option, std::string_view text) {
  return {ErrorCode::kInvalidArgument, fmt::format("{}: {}", option, text), {}, option};
}

Status ReadEndpoint(const std::string& option, std::string_view text, std::string& address, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  const auto digits = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || colon == 0 || failure != std::errc{} || end != digits.data() + digits.size()) {
    return Wrong(option, fmt::format("'{}' is not address:port, for example 127.0.0.1:0", text));
  }
  address = text.substr(0, colon);
  return Ok();
}

}  // namespace

Result<SimOptions> SimOptionsOf(const ProgramOptions& program) {
  SimOptions options{.seed = program.seeding.seed};
  if (const auto read = ReadEndpoint("--listen", program.listen, options.api_address, options.api_port); !read) {
    return read.error();
  }
  if (const auto read = ReadEndpoint("--control", program.control, options.control_address, options.control_port);
      !read) {
    return read.error();
  }
  if (!options.control_address.starts_with("127.")) {
    return Wrong("--control", "gives out secrets, so it must be a loopback address (127.0.0.1)");
  }
  if (program.tls_cert.empty() != program.tls_key.empty()) {
    return Wrong("--tls-cert", "goes together with --tls-key");
  }
  if (!program.tls_cert.empty()) options.tls = http::ServerTls{program.tls_cert, program.tls_key};
  return options;
}

void LogLine(std::string_view event, std::string_view message) {
  Json line = Object({{"ts", FormatIso8601(SystemClock{}.Now())}, {"service", "simulator"}, {"event", event}});
  if (!message.empty()) line["message"] = message;
  fmt::print(stderr, "{}\n", Dump(line));
}

}  // namespace cdiscount::simulator
