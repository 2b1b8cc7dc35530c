#include "rpc/server.hpp"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>

#include <boost/asio/ip/address.hpp>
#include <string_view>
#include <utility>

#include "rpc/credentials.hpp"
#include "rpc/grpc_log.hpp"

namespace cdiscount::rpc {
namespace {

Error WrongAddress(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message), std::nullopt, "address"};
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

}  // namespace

Status CheckListener(const ServerOptions& options) {
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(options.address, failed);
  if (failed) {
    return WrongAddress(
        fmt::format("\"{}\" is not an IP address to listen on; write 127.0.0.1 or ::1", options.address));
  }
  if (!address.is_loopback() && !options.tls) {
    return WrongAddress(
        fmt::format("refusing to listen on {} in plain text, where anybody could call: listen on 127.0.0.1, "
                    "or set up mutual TLS (certificate, key and the CA of the callers)",
                    options.address));
  }
  return Ok();
}

Server::Server(ServerOptions options, std::vector<grpc::Service*> services) {
  detail::CatchGrpcLog();
  ThrowIfFailed(CheckListener(options));
  auto credentials = detail::ServerCredentialsOf(options.tls);
  if (!credentials) throw BadResult(credentials.error());

  const bool v6 = options.address.find(':') != std::string::npos;
  const auto target = fmt::format(fmt::runtime(v6 ? "[{}]:{}" : "{}:{}"), options.address, options.port);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(target, *credentials, &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else two servers share a port in silence
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.message_limit));
  builder.SetMaxSendMessageSize(static_cast<int>(options.message_limit));
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  for (auto* service : services) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  if (!server_ || port == 0) {
    throw BadResult(
        Error{ErrorCode::kUnavailable,
              fmt::format("cannot listen on {}: the port is taken, or the certificate and key do not fit; stop "
                          "the other program or choose another port (0 = any free one)",
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
