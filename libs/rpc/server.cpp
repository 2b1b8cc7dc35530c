#include "rpc/server.hpp"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <string_view>
#include <utility>

#include "rpc/credentials.hpp"
#include "rpc/gate.hpp"
#include "rpc/grpc_log.hpp"
#include "rpc/token_file.hpp"

namespace cdiscount::rpc {
namespace {

Error Wrong(std::string field, std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message), std::nullopt, std::move(field)};
}

/// gRPC's reflection library, once linked, adds itself to every server of the process. This keeps it off one.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    const auto name = grpc::reflection::ProtoServerReflectionPlugin().name();
    std::erase_if(*plugins, [&](const auto& plugin) { return plugin->name() == name; });
  }
};

void ThrowIfFailed(const Status& status) {
  if (!status) throw BadResult(status.error());
}

detail::ServerToken TokenOf(const ServerOptions& options) {
  if (options.tls) return {};
  auto token = MakeTokenFile(options.token_file);
  if (!token) throw BadResult(Wrong("grpc.token_file", token.error().message));
  return {*std::move(token), options.token_file};
}

/// Limits the resources that one peer, or many of them, can take from us.
void Limit(grpc::ServerBuilder& builder, const ServerOptions& options) {
  constexpr int kMinute = 60'000;
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.streams);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, static_cast<int>(options.connection_age.count()));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kMinute);  // longer than a call may take
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 5 * kMinute);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kMinute);  // finds the peer that is gone without a word
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinute / 6);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 * 1024);
  grpc::ResourceQuota quota("rpc_server");
  quota.Resize(std::max(std::size_t{64} << 20U, 8 * options.message_limit));
  quota.SetMaxThreads(64);
  builder.SetResourceQuota(quota);
}

}  // namespace

Status CheckListener(const ServerOptions& options) {
  boost::system::error_code failed;
  boost::asio::ip::make_address(options.address, failed);
  if (failed) {
    return Wrong("grpc.address",
                 fmt::format("\"{}\" is not an IP address to listen on; write 127.0.0.1 or ::1", options.address));
  }
  if (options.tls) return Ok();
  if (options.address != "127.0.0.1" && options.address != "::1") {
    return Wrong("grpc.address",
                 fmt::format("refusing to listen on {} in plain text, where anybody could call: listen on "
                             "127.0.0.1 or ::1, or set up mutual TLS (certificate, key and the CA of the "
                             "callers)",
                             options.address));
  }
  if (options.token_file.empty()) {
    return Wrong("grpc.token_file",
                 "refusing to listen in plain text without a token file, where every user of this machine could call: "
                 "name a file, which is made when it is missing, or set up mutual TLS");
  }
  return Ok();
}

Server::Server(ServerOptions options, const std::vector<Api>& apis) {
  detail::CatchGrpcLog();
  ThrowIfFailed(CheckListener(options));
  auto gate = detail::MakeGate(Access::Create(apis, options.roles).value(), TokenOf(options));
  if (options.tls) tls_files_ = detail::TlsFiles::Open(*options.tls).value();
  const auto credentials = detail::ServerCredentialsOf(tls_files_.get(), std::move(gate));

  const bool v6 = options.address.find(':') != std::string::npos;
  const auto target = fmt::format(fmt::runtime(v6 ? "[{}]:{}" : "{}:{}"), options.address, options.port);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(target, credentials, &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else two servers share a port in silence
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.message_limit));
  builder.SetMaxSendMessageSize(static_cast<int>(options.message_limit));
  Limit(builder, options);
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  for (const auto& api : apis) builder.RegisterService(api.service);
  server_ = builder.BuildAndStart();
  if (!server_ || port == 0) {
    throw BadResult(
        Error{ErrorCode::kUnavailable,
              fmt::format("cannot listen on {}: the port is taken; stop the other program or choose another "
                          "port (0 = any free one)",
                          target)});
  }
  port_ = static_cast<std::uint16_t>(port);
}

Server::~Server() {
  Drain(std::chrono::milliseconds{0});
}

void Server::Drain(std::chrono::milliseconds grace) {
  if (drained_.exchange(true)) return;
  if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(false);
  server_->Shutdown(std::chrono::system_clock::now() + grace);
  server_->Wait();
}

}  // namespace cdiscount::rpc
