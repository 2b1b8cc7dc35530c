#include "accounts/on_account.hpp"

#include <utility>

#include "core/seller_ref.hpp"

namespace cdiscount::accounts {

inbox::Handler OnAccount(SaveAccount save) {
  return [save = std::move(save)](store::Transaction& transaction, const kafka::Message& message) -> Status {
    if (!message.value) return Ok();
    events::v1::AccountEvent event;
    if (!event.ParseFromString(*message.value)) {
      return Error{.code = ErrorCode::kUnreadable, .message = "the value is no AccountEvent"};
    }
    if (event.account_id().empty() || event.seller_id().empty()) {
      return Error{.code = ErrorCode::kUnreadable, .message = "account_id or seller_id is missing"};
    }
    if (event.sales_channel_id().empty()) event.set_sales_channel_id(std::string(kDefaultChannel));
    save(transaction, event);
    return Ok();
  };
}

}  // namespace cdiscount::accounts
