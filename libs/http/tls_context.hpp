#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "http/server.hpp"

// Inside libs/http only.
namespace cdiscount::http::detail {

/// TLS 1.2 or newer, trusting `ca_file` alone, or the system's store when it is empty. kInvalidArgument when the file
/// cannot be read.
Result<std::unique_ptr<boost::asio::ssl::context>> MakeClientContext(const std::string& ca_file);

/// TLS 1.2 or newer with this certificate. kInvalidArgument when a file cannot be read or they do not belong together.
Result<std::unique_ptr<boost::asio::ssl::context>> MakeServerContext(const ServerTls& files);

}  // namespace cdiscount::http::detail
