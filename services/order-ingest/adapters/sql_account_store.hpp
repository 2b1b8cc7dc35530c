#pragma once

#include "app/ports.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

/// The accounts that are followed, and where the follower stands. Network thread.
class SqlAccountStore final : public AccountStore {
 public:
  explicit SqlAccountStore(store::Database& database) : database_(database) {}

  Task<Status> ApplyAccount(std::optional<AccountFact> account, ConsumerStep step) override;
  Task<Result<std::int64_t>> Position(std::string topic, std::int32_t partition) override;
  Task<Result<std::map<AccountId, std::int64_t>>> Versions() override;

 private:
  store::Database& database_;
};

}  // namespace cdiscount::order_ingest
