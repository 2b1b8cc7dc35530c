// Calls auth as its own clients do, for tests in Python:
//     auth_caller ADDRESS METHOD REQUEST_JSON [TIMES]
// makes TIMES calls at once and prints a JSON list with, for each, {"answer": {...}} or {"error": {...}}. It shows the
// token of the file TOKEN_FILE, or with TLS_CERT, TLS_KEY and TLS_CA a certificate (all from the environment).
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "cdiscount/auth/v1/account_service.grpc.pb.h"
#include "cdiscount/auth/v1/token_service.grpc.pb.h"
#include "rpc/client.hpp"

namespace cdiscount {
namespace {

namespace v1 = auth::v1;
using Accounts = class v1::AccountService::Stub::async;
using Tokens = class v1::TokenService::Stub::async;

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) throw std::runtime_error("no JSON");
  return text;
}

std::string ToJson(const Error& error) {
  boost::json::object shown{{"code", ToString(error.code)}, {"message", error.message}, {"field", error.field}};
  if (error.retry_after) shown["retry_after_ms"] = error.retry_after->count();
  return boost::json::serialize(shown);
}

using Call = std::function<Task<std::string>(std::string request)>;

template <class Service, class Method>
struct Caller;
template <class Service, class Async, class Request, class Response>
struct Caller<Service,
              void (Async::*)(grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>)> {
  using Method = void (Async::*)(grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>);

  static Task<std::string> Make(rpc::Client<Service>& client, Method method, std::string json) {
    Request request;
    if (!google::protobuf::util::JsonStringToMessage(json, &request).ok()) throw std::runtime_error("wrong: " + json);
    constexpr std::chrono::seconds kPatience{60};
    const auto answer = co_await client.Call(method, request, {.deadline = kPatience, .connect_within = kPatience});
    if (!answer) co_return fmt::format(R"({{"error": {}}})", ToJson(answer.error()));
    co_return fmt::format(R"({{"answer": {}}})", ToJson(*answer));
  }
};

template <class Service, class Request, class Response, class Async>
Call Calling(rpc::Client<Service>& client, void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                                                                 std::function<void(grpc::Status)>)) {
  return [&client, method](std::string json) {
    return Caller<Service, decltype(method)>::Make(client, method, std::move(json));
  };
}

Task<> Keep(Task<std::string> call, std::vector<std::string>& answers) {
  answers.push_back(co_await std::move(call));
}

std::string Variable(const char* name) {
  const auto* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

rpc::ChannelOptions OptionsFor(const std::string& address) {
  rpc::ChannelOptions options{.target = address, .token_file = Variable("TOKEN_FILE")};
  if (const auto certificate = Variable("TLS_CERT"); !certificate.empty()) {
    options.tls = rpc::MutualTls{certificate, Variable("TLS_KEY"), Variable("TLS_CA")};
  }
  return options;
}

int Run(const std::string& address, const std::string& method, const std::string& request, int times) {
  boost::asio::io_context io{1};
  rpc::Channel channel{io.get_executor(), OptionsFor(address)};
  rpc::Client<v1::AccountService> accounts{channel};
  rpc::Client<v1::TokenService> tokens{channel};
  const std::map<std::string, Call> calls = {
      {"CreateAccount", Calling(accounts, &Accounts::CreateAccount)},
      {"GetAccount", Calling(accounts, &Accounts::GetAccount)},
      {"ListAccounts", Calling(accounts, &Accounts::ListAccounts)},
      {"DisableAccount", Calling(accounts, &Accounts::DisableAccount)},
      {"EnableAccount", Calling(accounts, &Accounts::EnableAccount)},
      {"ReplaceCredentials", Calling(accounts, &Accounts::ReplaceCredentials)},
      {"VerifyConnection", Calling(accounts, &Accounts::VerifyConnection)},
      {"GetAccessToken", Calling(tokens, &Tokens::GetAccessToken)},
  };
  std::vector<std::string> answers;
  for (int i = 0; i < times; ++i) {
    boost::asio::co_spawn(io, Keep(calls.at(method)(request), answers), boost::asio::detached);
  }
  while (answers.size() < static_cast<std::size_t>(times)) {
    io.restart();
    io.run_for(std::chrono::milliseconds{20});
  }
  std::printf("[%s]\n", fmt::format("{}", fmt::join(answers, ",\n")).c_str());
  return 0;
}

}  // namespace
}  // namespace cdiscount

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  return cdiscount::Run(argv[1], argv[2], argv[3], argc > 4 ? std::atoi(argv[4]) : 1);
}
