#include "rpc/connection_trouble.hpp"

#include <fmt/format.h>

namespace cdiscount::rpc {
namespace {

constexpr std::string_view kNoConnection = "failed to connect to all addresses";
constexpr std::string_view kNoName = "DNS resolution failed";
/// In front of what rpc/peer_owner.hpp says.
constexpr std::string_view kRefusedByUs = "Getting metadata from plugin failed with error: ";

struct Words {
  std::string_view sign;  ///< Part of gRPC's text.
  std::string_view means;
};

// The first that fits.
constexpr Words kWords[] = {
    {"certificate verify failed", "its certificate is not signed by the CA that we were given, or has run out"},
    {"Hostname Verification Check failed",
     "its certificate is for another name: call it by the name that the certificate holds, or give that name as TLS "
     "server name"},
    {"WRONG_VERSION_NUMBER", "it does not speak TLS: leave our certificate away, or set up TLS there"},
    {"wrong version number", "it does not speak TLS: leave our certificate away, or set up TLS there"},
    {"alert unknown ca", "it refused our certificate: another CA than its own signed it"},
    {"alert certificate", "it refused our certificate, or wants one"},
    {"alert bad certificate", "it refused our certificate"},
    {"Socket closed", "it closed the connection: it may want TLS and a certificate, or it is ending"},
    {"Connection reset by peer", "it closed the connection: it may want TLS and a certificate, or it is ending"},
    {"Connection refused", "Connection refused: no program listens there"},
};

std::string_view LastPart(std::string_view text) {
  const auto last = text.rfind(": ");
  return last == std::string_view::npos ? text : text.substr(last + 2);
}

}  // namespace

bool NeverConnected(const grpc::Status& status) {
  const auto message = status.error_message();
  return status.error_code() == grpc::StatusCode::UNAVAILABLE &&
         (message.starts_with(kNoConnection) || message.starts_with(kNoName));
}

std::string ConnectionTrouble(std::string_view grpc_message) {
  if (grpc_message.starts_with(kNoName)) {
    return fmt::format("its name cannot be resolved ({}): is the host written right?", LastPart(grpc_message));
  }
  if (grpc_message.starts_with(kRefusedByUs)) return std::string(grpc_message.substr(kRefusedByUs.size()));
  if (grpc_message == "Deadline Exceeded") return "no answer within the time-out";
  const bool connecting = grpc_message.starts_with(kNoConnection);
  // The message of a server's own answer is left alone.
  if (!connecting && grpc_message != "Socket closed" && !grpc_message.starts_with("recvmsg:")) {
    return std::string(grpc_message);
  }
  for (const auto& [sign, means] : kWords) {
    if (grpc_message.find(sign) != std::string_view::npos) return std::string(means);
  }
  return std::string(LastPart(grpc_message));
}

}  // namespace cdiscount::rpc
