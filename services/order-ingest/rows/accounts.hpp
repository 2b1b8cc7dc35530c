#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "domain/account_lease.hpp"
#include "store/session.hpp"

/// The accounts that this service follows, in the table "account", and "consumer_position": where it stands in their
/// topic.
namespace cdiscount::order_ingest::rows {

/// An account as `auth` announces it; who.generation is that of its credentials.
struct AccountFact {
  SellerRef who;
  std::string name;
  bool enabled = false;
  std::int64_t version = 0;
};

/// A step of a consumer through its topic. Offsets of a compacted topic have gaps, so both ends are named.
struct ConsumerStep {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t from = 0;  ///< Where the consumer stood.
  std::int64_t to = 0;    ///< The next offset to read.
};

/// An older version than the stored one changes nothing but the position; without an account (a message that could not
/// be read) only the position moves. Fails with kConflict when the stored position is not `step.from`: another process
/// follows the topic with this database.
Status ApplyAccount(store::Transaction& transaction, const std::optional<AccountFact>& account,
                    const ConsumerStep& step);
/// 0 for a partition that was never read.
std::int64_t FindPosition(store::Transaction& transaction, const std::string& topic, std::int32_t partition);
/// The version of each account's last announcement.
std::map<AccountId, std::int64_t> AccountVersions(store::Transaction& transaction);

}  // namespace cdiscount::order_ingest::rows
