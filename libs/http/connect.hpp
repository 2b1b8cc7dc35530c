#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/task.hpp"
#include "http/transport.hpp"
#include "http/url.hpp"

// Inside libs/http only.
namespace cdiscount::http::detail {

/// Looks the name up, connects to its addresses one after the other (each gets its share of the time) and shakes hands.
/// Errors are those of Client::Send. `trust` says in words what the certificate is checked against.
Task<Result<std::unique_ptr<Transport>>> Connect(boost::asio::any_io_executor executor,
                                                 boost::asio::ssl::context& context, const Url& url,
                                                 SteadyTime deadline, const std::string& trust);

}  // namespace cdiscount::http::detail
