#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "crypto/sealed_box.hpp"
#include "kafka/options.hpp"
#include "outbox/outbox.hpp"
#include "outbox/relay_options.hpp"
#include "store/database.hpp"

namespace cdiscount::order_ingest {

/// The OrderStore on SQLite and PostgreSQL. Orders, recipients, events and cursor of a page are one transaction, which
/// first locks the account's row with the lease's token. Network thread.
class SqlOrderStore final : public OrderStore {
 public:
  /// `owner` names this process in the leases.
  SqlOrderStore(store::Database& database, const outbox::Outbox& outbox, const crypto::SealedBox& box,
                std::string owner);

  Task<Result<DueAccounts>> ClaimDue(int most, std::chrono::milliseconds ttl, std::vector<AccountId> running = {},
                                     bool also_set_back = true) override;
  Task<Result<std::vector<AccountId>>> RenewLeases(std::vector<AccountLease> leases,
                                                   std::chrono::milliseconds ttl) override;
  Task<Result<SaveReport>> SavePage(const AccountLease& lease, const PageToSave& page) override;
  Task<Status> FinishPoll(const AccountLease& lease, const PollEnd& end) override;

 private:
  enum class OneByOne { kNo, kYes };
  Task<Result<SaveReport>> SavePage(const AccountLease& lease, const PageToSave& page, OneByOne mode);

  store::Database& database_;
  const outbox::Outbox& outbox_;
  const crypto::SealedBox& box_;
  std::string owner_;
};

/// Frees what a process that died held, where nobody else can hold anything: SQLite's file lock keeps a second process
/// out. On PostgreSQL leases run out by themselves. For the start; throws StoreError.
void FreeLeasesOfTheDead(store::Database& database);

/// What the relay publishes for this service, and how: three topics, the recipients read when they go out. `box`
/// outlives the relay.
outbox::RelayOptions RelayFor(const kafka::KafkaOptions& kafka, const crypto::SealedBox& box);

/// Opens recipients that were sealed for this order; for the relay, which reads them when it publishes. Nothing when
/// they were erased. kUnreadable when their key is missing: they must then wait, not become a tombstone.
Result<std::optional<std::string>> ReadRecipients(store::Session& session, const crypto::SealedBox& box,
                                                  const std::string& order_key);

}  // namespace cdiscount::order_ingest
