#include "simulator/program.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "core/time_text.hpp"
#include "simulator/world/json_writer.hpp"

namespace cdiscount::simulator {
namespace {

Status ReadEndpoint(std::string_view option, std::string_view text, std::string& address, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  const auto digits = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || colon == 0 || failure != std::errc{} || end != digits.data() + digits.size()) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{}: '{}' is not address:port, for example 127.0.0.1:0", option, text),
                 {},
                 std::string{option}};
  }
  address = text.substr(0, colon);
  return Ok();
}

}  // namespace

Result<ProgramOptions> Check(const ProgramInput& input) {
  ProgramOptions options;
  options.ready_file = input.ready_file;
  options.sellers = input.sellers;
  options.clients = input.clients;
  options.orders = input.orders;
  options.calls_per_window = input.calls_per_window;
  options.sim.seed = input.seed;
  if (const auto read = ReadEndpoint("--listen", input.listen, options.sim.api_address, options.sim.api_port); !read) {
    return read.error();
  }
  if (const auto read = ReadEndpoint("--control", input.control, options.sim.control_address, options.sim.control_port);
      !read) {
    return read.error();
  }
  if (!options.sim.control_address.starts_with("127.")) {
    return Error{ErrorCode::kInvalidArgument,
                 "--control: gives out secrets, so it must be a loopback address (127.0.0.1)",
                 {},
                 "--control"};
  }
  if (input.tls_cert.empty() != input.tls_key.empty()) {
    return Error{ErrorCode::kInvalidArgument, "--tls-cert and --tls-key go together", {}, "--tls-cert"};
  }
  if (!input.tls_cert.empty()) options.sim.tls = http::ServerTls{input.tls_cert, input.tls_key};
  return options;
}

Status WriteReadyFile(const std::string& path, std::uint16_t api_port, std::uint16_t control_port) {
  if (path.empty()) return Ok();
  const auto draft = path + ".new";
  {
    std::ofstream file(draft);
    file << fmt::format("{{\"pid\":{},\"ports\":{{\"api\":{},\"control\":{}}}}}\n", getpid(), api_port, control_port);
    file.close();
    if (!file) return Error{ErrorCode::kUnavailable, fmt::format("the ready file {} cannot be written", draft)};
  }
  if (std::rename(draft.c_str(), path.c_str()) != 0) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("the ready file {} cannot be put in place: {}", path, std::strerror(errno))};
  }
  return Ok();
}

void LogLine(std::string_view event, std::string_view message) {
  std::string line;
  JsonWriter json(line);
  json.BeginObject();
  json.Key("ts");
  json.String(FormatIso8601(SystemClock{}.Now()));
  json.Key("service");
  json.String("simulator");
  json.Key("event");
  json.String(event);
  if (!message.empty()) {
    json.Key("message");
    json.String(message);
  }
  json.EndObject();
  fmt::print(stderr, "{}\n", line);
}

}  // namespace cdiscount::simulator
