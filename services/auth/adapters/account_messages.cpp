#include "adapters/account_messages.hpp"

namespace cdiscount::auth {

google::protobuf::Timestamp ToMessage(SysTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp message;
  message.set_seconds(seconds.time_since_epoch().count());
  message.set_nanos(static_cast<std::int32_t>(std::chrono::nanoseconds(time - seconds).count()));
  return message;
}

events::v1::AccountState ToMessage(AccountState state) {
  switch (state) {
    case AccountState::kEnabled:
      return events::v1::ACCOUNT_STATE_ENABLED;
    case AccountState::kDisabled:
      return events::v1::ACCOUNT_STATE_DISABLED;
    case AccountState::kNeedsNewCredentials:
      return events::v1::ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS;
  }
  return events::v1::ACCOUNT_STATE_UNSPECIFIED;
}

v1::Account ToMessage(const AccountView& view) {
  const auto& fields = view.account.fields();
  v1::Account message;
  message.set_account_id(fields.id.value());
  message.set_name(fields.name);
  message.set_seller_id(fields.seller_id.value());
  message.set_sales_channel_id(fields.sales_channel_id.value());
  message.set_state(ToMessage(view.account.state()));
  message.set_client_id(fields.client_id.value());
  message.set_version(fields.version);
  *message.mutable_created_at() = ToMessage(fields.created_at);
  *message.mutable_changed_at() = ToMessage(fields.changed_at);
  if (view.token_expires_at) *message.mutable_token_expires_at() = ToMessage(*view.token_expires_at);
  message.set_attention(view.account.Attention());
  return message;
}

v1::ConnectionOutcome ToMessage(ConnectionOutcome outcome) {
  switch (outcome) {
    case ConnectionOutcome::kConnected:
      return v1::CONNECTION_OUTCOME_CONNECTED;
    case ConnectionOutcome::kUnreachable:
      return v1::CONNECTION_OUTCOME_UNREACHABLE;
    case ConnectionOutcome::kWrongSecret:
      return v1::CONNECTION_OUTCOME_WRONG_SECRET;
    case ConnectionOutcome::kNotLinked:
      return v1::CONNECTION_OUTCOME_NOT_LINKED;
    case ConnectionOutcome::kUnknownSeller:
      return v1::CONNECTION_OUTCOME_UNKNOWN_SELLER;
    case ConnectionOutcome::kQuotaSpent:
      return v1::CONNECTION_OUTCOME_QUOTA_SPENT;
    case ConnectionOutcome::kSellerNotActive:
      return v1::CONNECTION_OUTCOME_SELLER_NOT_ACTIVE;
  }
  return v1::CONNECTION_OUTCOME_UNSPECIFIED;
}

v1::VerifyConnectionResponse ToMessage(const ConnectionReport& report) {
  v1::VerifyConnectionResponse message;
  message.set_outcome(ToMessage(report.outcome));
  message.set_explanation(report.explanation);
  message.set_shop_name(report.seller.shop_name);
  message.set_seller_state(report.seller.state);
  message.set_auto_accept_orders(report.seller.auto_accept_orders.value_or(false));
  if (report.retry_after) {
    message.set_retry_after_seconds(std::chrono::ceil<std::chrono::seconds>(*report.retry_after).count());
  }
  return message;
}

}  // namespace cdiscount::auth
