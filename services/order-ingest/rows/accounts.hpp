#pragma once

#include "cdiscount/events/v1/account_event.pb.h"
#include "store/session.hpp"

namespace cdiscount::order_ingest::rows {

/// Keeps an account of the table "account" as auth announced it; an older version than the stored one changes nothing.
void SaveAccount(store::Transaction& transaction, const events::v1::AccountEvent& account);

}  // namespace cdiscount::order_ingest::rows
