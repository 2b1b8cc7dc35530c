#include "settings.hpp"

namespace cdiscount::order_ingest {

void Settings::Describe(settings::Table& table) {
  database.Describe(table);
  keys.Describe(table);
  kafka.Describe(table);
  marketplace.Describe(table);
  auth.Describe(table, "auth");
  polling.Describe(table);
  grpc.Describe(table);
  admin.Describe(table);
}

Status Settings::Check() const {
  if (const auto valid = kafka::Validate(kafka); !valid) return valid;
  if (const auto valid = marketplace.Check(); !valid) return valid;
  if (polling.short_overlap > polling.overlap) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .message = "polling.short_overlap: must not be longer than polling.overlap",
                 .field = "polling.short_overlap"};
  }
  if (polling.accounts.lease_ttl <= marketplace.octopia.timeout) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .message =
                     "polling.lease: must be longer than marketplace.timeout, or an account is taken over while "
                     "its answer is awaited",
                 .field = "polling.lease"};
  }
  if (const auto allowed = rpc::CheckTarget(auth); !allowed) {
    auto error = allowed.error();
    error.field = "auth.address";
    return error;
  }
  return rpc::CheckListener(grpc);
}

}  // namespace cdiscount::order_ingest
