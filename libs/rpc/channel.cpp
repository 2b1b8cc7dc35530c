#include "rpc/channel.hpp"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "core/host_port.hpp"
#include "rpc/credentials.hpp"
#include "rpc/grpc_log.hpp"
#include "rpc/pending.hpp"
#include "rpc/token_file.hpp"

namespace cdiscount::rpc {
namespace {

std::unique_ptr<detail::TlsFiles> Open(const ChannelOptions& options) {
  if (const auto allowed = CheckTarget(options); !allowed) throw BadResult(allowed.error());
  return options.tls ? detail::TlsFiles::Open(*options.tls).value() : nullptr;
}

std::shared_ptr<grpc::Channel> Create(const ChannelOptions& options, const detail::TlsFiles* tls) {
  detail::CatchGrpcLog();
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
  return grpc::CreateCustomChannel(options.target, detail::ChannelCredentialsOf(tls, options), arguments);
}

}  // namespace

Status CheckTarget(const ChannelOptions& options) {
  if (options.tls) return Ok();
  if (const auto target = ParseHostPort(options.target); target && IsLoopback(target->host)) return Ok();
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
      tls_files_(Open(options_)),
      channel_(Create(options_, tls_files_.get())),
      pending_(std::make_shared<detail::Pending>(
          metrics == nullptr ? nullptr
                             : std::make_unique<detail::CallSeries>(*metrics, "rpc_client", "Calls that we make"))) {}

Channel::~Channel() {
  pending_->CancelAllAndWait();
}

}  // namespace cdiscount::rpc
