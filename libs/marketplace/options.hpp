#pragma once

#include "core/result.hpp"
#include "http/client.hpp"
#include "marketplace/rest/octopia_options.hpp"

namespace cdiscount::settings {
class Table;
}

namespace cdiscount::marketplace {

/// How the marketplace is reached.
struct Options {
  OctopiaOptions octopia;
  http::ClientOptions client;
  bool allow_plaintext = false;

  /// marketplace.api_url, marketplace.token_url, marketplace.timeout, marketplace.ca, marketplace.connections,
  /// marketplace.allow_plaintext.
  void Describe(settings::Table& table);
  /// Fails with kInvalidArgument when a URL is http:// to another machine and allow_plaintext is not set.
  Status Check() const;
};

}  // namespace cdiscount::marketplace
