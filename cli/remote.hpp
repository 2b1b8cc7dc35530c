#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <type_traits>
#include <utility>

#include "core/result.hpp"
#include "rpc/client.hpp"

namespace cdiscount::cli {

/// One gRPC service, asked and waited for.
template <class Service>
class Remote {
 public:
  /// Throws BadResult (kInvalidArgument) for plain text to another host, and for TLS files that are of no use.
  Remote(rpc::ChannelOptions options, std::chrono::milliseconds timeout)
      : timeout_(timeout), channel_(io_.get_executor(), std::move(options)), client_(channel_) {}

  template <class Async, class Request, class Response>
  Result<Response> Ask(void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                                             std::function<void(grpc::Status)>),
                       std::type_identity_t<Request> request) {
    Result<Response> answer = Error{ErrorCode::kInternal, "the call never ended"};
    std::exception_ptr failure;
    rpc::CallOptions options{.deadline = timeout_};
    boost::asio::co_spawn(io_, client_.Call(method, std::move(request), std::move(options)),
                          [&](std::exception_ptr thrown, Result<Response> given) {
                            failure = thrown;
                            if (!thrown) answer = std::move(given);
                          });
    io_.restart();
    io_.run();
    if (failure) std::rethrow_exception(failure);
    return answer;
  }

 private:
  const std::chrono::milliseconds timeout_;
  boost::asio::io_context io_{1};
  rpc::Channel channel_;
  rpc::Client<Service> client_;
};

}  // namespace cdiscount::cli
