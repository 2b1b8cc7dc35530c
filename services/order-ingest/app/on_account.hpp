#pragma once

#include <string_view>

#include "core/result.hpp"
#include "kafka/record.hpp"
#include "store/session.hpp"

namespace cdiscount::order_ingest {

inline constexpr std::string_view kAccountsTopic = "cdiscount.accounts.v1";

/// An announcement of `auth`, into our own table. A tombstone changes nothing: an account that is on the topic no more
/// stays as it is. Fails with kUnreadable when the message is no AccountEvent, or names no account or seller.
Status OnAccount(store::Transaction& transaction, const kafka::Message& message);

}  // namespace cdiscount::order_ingest
