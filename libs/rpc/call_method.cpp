#include "rpc/call_method.hpp"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <string>
#include <utility>

namespace cdiscount::rpc {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageLite;

struct NamedExchange {
  std::string path;
  std::shared_ptr<const Message> request;
  std::shared_ptr<Message> response;
};

}  // namespace

Task<Result<std::shared_ptr<Message>>> CallMethod(Channel& channel, const google::protobuf::MethodDescriptor& method,
                                                  std::shared_ptr<const Message> request, CallOptions options) {
  const auto* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.output_type());
  auto exchange = std::make_shared<NamedExchange>("/" + method.service()->full_name() + "/" + method.name(),
                                                  std::move(request), std::shared_ptr<Message>(prototype->New()));
  detail::StartCall start = [&channel, held = exchange.get()](grpc::ClientContext* context,
                                                              std::function<void(grpc::Status)> done) {
    grpc::TemplatedGenericStub<MessageLite, MessageLite>(channel.grpc())
        .UnaryCall(context, held->path, {}, held->request.get(), held->response.get(), std::move(done));
  };
  auto status = co_await detail::Send(channel, method.name(), std::move(options), exchange, std::move(start));
  if (!status) co_return status.error();
  co_return std::move(exchange->response);
}

}  // namespace cdiscount::rpc
