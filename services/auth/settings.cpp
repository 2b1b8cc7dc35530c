#include "settings.hpp"

namespace cdiscount::auth {

void Settings::Describe(settings::Table& table) {
  database.Describe(table);
  keys.Describe(table);
  kafka.Describe(table);
  marketplace.Describe(table);
  table.Integer("tokens.per_hour", tokens.per_hour, {1, kTokensPerHour}, "tokens",
                "How many tokens one client id asks for at most; the marketplace allows 500.");
  grpc.Describe(table);
  admin.Describe(table);
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
