#include "rpc/channel.hpp"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "rpc/credentials.hpp"
#include "rpc/grpc_log.hpp"
#include "rpc/pending.hpp"

namespace cdiscount::rpc {
namespace {

std::shared_ptr<grpc::Channel> Create(const ChannelOptions& options) {
  detail::CatchGrpcLog();
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
  return grpc::CreateCustomChannel(options.target, *credentials, arguments);
}

}  // namespace

Channel::Channel(boost::asio::any_io_executor executor, ChannelOptions options, telemetry::Metrics* metrics)
    : executor_(std::move(executor)),
      target_(options.target),
      channel_(Create(options)),
      pending_(std::make_shared<detail::Pending>(
          metrics == nullptr ? nullptr
                             : std::make_unique<detail::CallSeries>(*metrics, "rpc_client", "Calls that we make"))) {}

Channel::~Channel() {
  pending_->CancelAllAndWait();
}

}  // namespace cdiscount::rpc
