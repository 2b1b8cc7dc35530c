#pragma once

#include <functional>
#include <string_view>

#include "cdiscount/events/v1/account_event.pb.h"
#include "inbox/handler.hpp"
#include "store/session.hpp"

namespace cdiscount::accounts {

inline constexpr std::string_view kTopic = "cdiscount.accounts.v1";

/// Keeps an account as auth announced it, in a table of the service's own, in the transaction of the message. The topic
/// is read whole at each start, so that an older version than the stored one comes again and must change nothing.
///
/// The table is the service's and not the library's because the account's row is what a service claims and locks for
/// its work: in a table apart, every claim would join the two, and every write would lock both to see that the account
/// is still enabled and of the same generation.
using SaveAccount = std::function<void(store::Transaction&, const events::v1::AccountEvent&)>;

/// The handler of the topic, for a follower that reads it whole: hands each announcement to `save`, with the default
/// channel where it names none. A tombstone changes nothing: an account that is on the topic no more stays as it is.
/// Fails with kUnreadable when the message is no AccountEvent, or names no account or seller.
inbox::Handler OnAccount(SaveAccount save);

}  // namespace cdiscount::accounts
