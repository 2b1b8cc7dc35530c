#include "settings.hpp"

#include "service/common_settings.hpp"

namespace cdiscount::auth {

void Settings::Describe(service::SettingsTable& table) {
  service::Describe(table, database, "sqlite://auth.db");
  service::Describe(table, keys, "auth.keys");
  service::Describe(table, kafka);
  service::Describe(table, marketplace);
  table.Integer("tokens.per_hour", tokens.per_hour, kTokensPerHour, {1, kTokensPerHour}, "tokens",
                "How many tokens one client id asks for at most; the marketplace allows 500.");
  service::Describe(table, grpc, {.port = 7101, .token_file = "auth.token"});
  service::Describe(table, admin, {.port = 7201});
}

Status Settings::Check() const {
  if (const auto valid = kafka::Validate(kafka); !valid) return valid;
  if (const auto valid = marketplace.Check(); !valid) return valid;
  return rpc::CheckListener(grpc);
}

TokenLimits Settings::Tokens() const {
  auto limits = tokens;
  limits.request_timeout = marketplace.octopia.timeout;
  return limits;
}

}  // namespace cdiscount::auth
