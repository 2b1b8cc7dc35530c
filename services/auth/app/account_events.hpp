#pragma once

#include <string>
#include <string_view>

#include "domain/account.hpp"
#include "kafka/options.hpp"
#include "outbox/outbox.hpp"
#include "outbox/relay_options.hpp"
#include "store/session.hpp"

namespace cdiscount::auth {

/// Compacted; key = account id; value = cdiscount.events.v1.AccountEvent.
inline constexpr std::string_view kAccountsTopic = "cdiscount.accounts.v1";
inline constexpr std::string_view kAccountChanged = "com.cdiscount-connect.account.changed.v1";

/// The event that announces this version of the account. It holds no secret.
outbox::Event ToEvent(const Account& account, std::string traceparent);

/// Adds an account with its event, in one transaction. Fails with kAlreadyExists, naming what is taken and by whom.
Status SaveNew(store::Transaction& transaction, const Account& account, const std::string& traceparent);
/// Stores the next version of an account with its event; nothing when it is the same version. Fails with kUnavailable
/// when another transaction changed the account at this instant.
Status SaveNext(store::Transaction& transaction, const Account& before, const Account& next,
                const std::string& traceparent);

/// The options of auth's event relay, with its one topic.
outbox::RelayOptions RelayFor(const kafka::KafkaOptions& kafka);

}  // namespace cdiscount::auth
