#include "rpc/channel.hpp"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <boost/asio/ip/address.hpp>
#include <utility>

#include "rpc/credentials.hpp"
#include "rpc/grpc_log.hpp"
#include "rpc/pending.hpp"
#include "rpc/token_file.hpp"

namespace cdiscount::rpc {
namespace {

std::shared_ptr<grpc::Channel> Create(const ChannelOptions& options) {
  detail::CatchGrpcLog();
  if (const auto allowed = CheckTarget(options); !allowed) throw BadResult(allowed.error());
  auto credentials = detail::ChannelCredentialsOf(options.tls);
  if (!credentials) throw BadResult(credentials.error());
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(options.message_limit));
  arguments.SetMaxSendMessageSize(static_cast<int>(options.message_limit));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);  // in truth the time that one try to connect may take
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);                  // our services are neighbours
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);  // retries are the caller's, not the name server's
  if (options.tls && !options.server_name.empty()) {
    arguments.SetString(GRPC_SSL_TARGET_NAME_OVERRIDE_ARG, options.server_name);
  }
  return grpc::CreateCustomChannel(options.target, *credentials, arguments);
}

/// "127.0.0.1" of "127.0.0.1:7101", "::1" of "[::1]:7101".
std::string HostOf(const std::string& target) {
  const auto host = target.substr(0, target.rfind(':'));
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

Status CheckTarget(const ChannelOptions& options) {
  if (options.tls) return Ok();
  const auto host = HostOf(options.target);
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(host, failed);
  if (host == "localhost" || (!failed && address.is_loopback())) return Ok();
  return Error{
      ErrorCode::kInvalidArgument,
      fmt::format("refusing to talk to {} in plain text, where others could read tokens and secrets: set up mutual "
                  "TLS (certificate, key and the CA of the server); plain text is for this machine alone",
                  options.target),
      std::nullopt, "address"};
}

Result<Secret> Channel::Token() const {
  if (options_.tls || options_.token_file.empty()) return Secret();
  return ReadTokenFile(options_.token_file);
}

Channel::Channel(boost::asio::any_io_executor executor, ChannelOptions options, telemetry::Metrics* metrics)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      channel_(Create(options_)),
      pending_(std::make_shared<detail::Pending>(
          metrics == nullptr ? nullptr
                             : std::make_unique<detail::CallSeries>(*metrics, "rpc_client", "Calls that we make"))) {}

Channel::~Channel() {
  pending_->CancelAllAndWait();
}

}  // namespace cdiscount::rpc
