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

}  // namespace cdiscount::auth
