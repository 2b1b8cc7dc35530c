#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <limits>
#include <stdexcept>
#include <utility>

#include "command.hpp"
#include "json.hpp"
#include "rpc/call_method.hpp"
#include "secret_input.hpp"
#include "values.hpp"

namespace cdiscount::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using Answer = Result<std::shared_ptr<Message>>;

constexpr int kPage = 500;

/// ListOrders for ListOrdersRequest, as buf lint has it.
const MethodDescriptor& MethodOf(const Message& request) {
  const auto& type = *request.GetDescriptor();
  const auto* method = type.file()->service(0)->FindMethodByName(type.name().substr(0, type.name().rfind("Request")));
  if (method == nullptr) throw std::logic_error("no method takes a " + type.full_name());
  return *method;
}

/// "orders" for cdiscount.orders.v1: the service's word in services.json.
std::string ServiceOf(const MethodDescriptor& method) {
  const auto& package = method.file()->package();
  const auto begin = package.find('.') + 1;
  return package.substr(begin, package.find('.', begin) - begin);
}

/// One server, asked and waited for.
class Remote {
 public:
  Remote(rpc::ChannelOptions options, std::chrono::milliseconds timeout)
      : timeout_(timeout), channel_(io_.get_executor(), std::move(options)) {}

  Answer Call(const MethodDescriptor& method, std::shared_ptr<const Message> request) {
    Answer answer = Error{ErrorCode::kInternal, "the call never ended"};
    std::exception_ptr failure;
    boost::asio::co_spawn(io_, rpc::CallMethod(channel_, method, std::move(request), {.deadline = timeout_}),
                          [&](std::exception_ptr thrown, Answer given) {
                            failure = thrown;
                            if (!thrown) answer = std::move(given);
                          });
    io_.restart();
    io_.run();
    if (failure) std::rethrow_exception(failure);
    return answer;
  }

  /// Page after page until there are as many rows as page_size says; all of them when it is 0.
  Answer CallForAll(const MethodDescriptor& method, const std::shared_ptr<Message>& request) {
    const auto& asked = *request->GetReflection();
    const auto* size = FindField(*request, "page_size").type;
    const auto* rows = method.output_type()->field(0);
    const int given = asked.GetInt32(*request, size);
    const int limit = given == 0 ? std::numeric_limits<int>::max() : given;
    std::shared_ptr<Message> all;
    for (int count = 0;;) {
      asked.SetInt32(request.get(), size, std::min(limit - count, kPage));
      auto page = Call(method, request);
      if (!page) return page;
      const auto& answered = *(*page)->GetReflection();
      const auto* next = FindField(**page, "next_page_token").type;
      const auto token = answered.GetString(**page, next);
      const auto added = answered.FieldSize(**page, rows);
      if (all) {
        all->MergeFrom(**page);
        answered.SetString(all.get(), next, token);
      } else {
        all = *page;
      }
      count += added;
      if (token.empty() || added == 0 || count >= limit) return all;
      SetField(*request, "page_token", token);
    }
  }

 private:
  const std::chrono::milliseconds timeout_;
  boost::asio::io_context io_{1};
  rpc::Channel channel_;
};

/// Says first where it will go. With --json standard error is for one object alone.
Status FillInSecret(const Context& context, const Flag& flag, const std::string& service) {
  const auto& address = context.addresses.services.at(service);
  if (!context.arguments.json) {
    context.streams.err << fmt::format("The {} goes to {} at {} (from {}), {}.\n", flag.name, service, address.target,
                                       address.source,
                                       context.addresses.tls ? "over TLS" : "in plain text on this machine");
  }
  const auto secret = ReadSecret(context.arguments.secret, context.streams.in, flag.help);
  if (!secret) return secret.error();
  SetField(*context.arguments.request, flag.field, secret->Reveal());
  return Ok();
}

}  // namespace

int Ask(const Context& context) {
  const auto& command = *context.arguments.command;
  const auto& request = context.arguments.request;
  const auto& method = MethodOf(*request);
  const auto service = context.arguments.service.empty() ? ServiceOf(method) : context.arguments.service;
  const auto& address = context.addresses.services.at(service);
  Remote remote(context.addresses.ChannelTo(address), context.arguments.timeout);
  for (const auto& flag : command.flags) {
    if (flag.need != Need::kSecret) continue;
    if (const auto read = FillInSecret(context, flag, service); !read) return context.Fail({read.error(), kUsage});
  }
  const bool list = request->GetDescriptor()->FindFieldByName("page_token") != nullptr;
  const auto answer = list ? remote.CallForAll(method, request) : remote.Call(method, request);
  if (!answer) return context.Fail(ProblemWith(address, service, answer.error()));

  const Scope scope{**answer, request.get(), context.now};
  std::string text;
  for (const auto& view : command.views) text += Render(view, scope, context.width);
  context.streams.out << (context.arguments.json ? MessageJson(**answer).value() + "\n" : text);
  return command.succeeds.empty() || FillIn(command.succeeds + "yes", scope) ? kOk : kRefused;
}

}  // namespace cdiscount::cli
