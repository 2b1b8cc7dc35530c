#include "app/on_account.hpp"

#include "cdiscount/events/v1/account_event.pb.h"
#include "rows/accounts.hpp"

namespace cdiscount::order_ingest {

Status OnAccount(store::Transaction& transaction, const kafka::Message& message) {
  if (!message.value) return Ok();
  events::v1::AccountEvent event;
  if (!event.ParseFromString(*message.value)) {
    return Error{.code = ErrorCode::kUnreadable, .message = "the value is no AccountEvent"};
  }
  if (event.account_id().empty() || event.seller_id().empty()) {
    return Error{.code = ErrorCode::kUnreadable, .message = "account_id or seller_id is missing"};
  }
  if (event.sales_channel_id().empty()) event.set_sales_channel_id("CDISFR");
  rows::SaveAccount(transaction, event);
  return Ok();
}

}  // namespace cdiscount::order_ingest
