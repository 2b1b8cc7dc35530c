#pragma once

#include <string>

#include "crypto/sealed_box.hpp"
#include "http/client.hpp"
#include "kafka/options.hpp"
#include "marketplace/rest/octopia_options.hpp"
#include "service/settings.hpp"
#include "store/database.hpp"

// Rows for what a service keeps and whom it talks to, called the same everywhere.
namespace cdiscount::service {

/// Where a service keeps its data.
struct DatabaseSettings {
  Secret url;  ///< May hold a password.
  int threads = 4;
  bool allow_plaintext = false;

  store::DatabaseOptions options() const {
    return {.url = url.Reveal(), .threads = threads, .allow_plaintext = allow_plaintext};
  }
};

/// database.url, database.threads, database.allow_plaintext.
void Describe(SettingsTable& table, DatabaseSettings& settings, const std::string& default_url);

/// The key that seals what must not be read at rest.
struct KeySettings {
  std::string file;
  bool create = false;

  /// Makes the file when it is missing and the settings ask for it. Throws BadResult (kInvalidArgument): a start
  /// without the key would lose data.
  crypto::SealedBox Load() const;
};

/// keys.file, keys.create.
void Describe(SettingsTable& table, KeySettings& settings, const std::string& default_file);

/// kafka.servers, kafka.namespace, kafka.properties, kafka.allow_plaintext. `Check` of the service calls
/// kafka::Validate.
void Describe(SettingsTable& table, kafka::KafkaOptions& options);

/// How the marketplace is reached.
struct MarketplaceSettings {
  marketplace::OctopiaOptions octopia;
  http::ClientOptions client;
  bool allow_plaintext = false;

  /// Fails with kInvalidArgument when a URL is http:// to another machine and allow_plaintext is not set. For `Check`
  /// of a service.
  Status Check() const;
};

/// marketplace.api_url, marketplace.token_url, marketplace.timeout, marketplace.ca, marketplace.connections,
/// marketplace.allow_plaintext.
void Describe(SettingsTable& table, MarketplaceSettings& settings);

}  // namespace cdiscount::service
