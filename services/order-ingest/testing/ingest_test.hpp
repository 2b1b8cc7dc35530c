#pragma once

// The fixture of the tests of order-ingest: its use cases on a database of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/due_polls.hpp"
#include "app/fingerprints.hpp"
#include "app/save_page.hpp"
#include "cdiscount/events/v1/account_event.pb.h"
#include "core/testing/result_matchers.hpp"
#include "crypto/testing/key_file.hpp"
#include "migrations/order_ingest.hpp"
#include "migrations/outbox.hpp"
#include "rows/accounts.hpp"
#include "rows/polls.hpp"
#include "store/testing/database_test.hpp"
#include "testing/an_order.hpp"

namespace cdiscount::order_ingest::fakes {

using cdiscount::fakes::FailsWith;
using cdiscount::fakes::Succeeds;

class IngestTest : public cdiscount::fakes::DatabaseTest {
 protected:
  IngestTest() : DatabaseTest({migrations::Outbox(), migrations::OrderIngest()}) {
    clock_.SetWallClock(kNoon + std::chrono::hours{1});
  }

  /// As auth announces an account.
  void Announce(std::int64_t version, bool enabled, std::int64_t generation = 1, const std::string& id = "account-1",
                const std::string& name = "Lamps", const std::string& seller = "98979") {
    events::v1::AccountEvent event;
    event.set_account_id(id);
    event.set_name(name);
    event.set_seller_id(seller);
    event.set_sales_channel_id("CDISFR");
    event.set_state(enabled ? events::v1::ACCOUNT_STATE_ENABLED : events::v1::ACCOUNT_STATE_DISABLED);
    event.set_version(version);
    event.set_generation(generation);
    ASSERT_THAT(InTransaction([&](store::Transaction& transaction) {
                  rows::SaveAccount(transaction, event);
                  return Ok();
                }),
                Succeeds());
  }

  /// A moment passes with each call, here and below.
  work::Claimed<AccountLease> Due(const std::string& owner = "poller-1",
                                  std::chrono::milliseconds ttl = std::chrono::minutes{1},
                                  std::vector<std::string> running = {}, bool also_set_back = true) {
    clock_.Advance(std::chrono::milliseconds{1});
    const work::ClaimWish wish{
        .owner = owner, .most = 10, .ttl = ttl, .running = std::move(running), .also_set_back = also_set_back};
    return InTransaction([&](store::Transaction& transaction) { return ClaimDue(transaction, wish); }).value();
  }
  /// The lease of the only account that is due.
  AccountLease Claim() {
    auto due = Due();
    EXPECT_EQ(due.rows.size(), 1U);
    return due.rows.empty() ? AccountLease{} : due.rows.front();
  }
  std::vector<std::string> Renew(const std::vector<AccountLease>& leases) {
    return InTransaction([&](store::Transaction& transaction) {
             return rows::RenewLeases(transaction, leases, std::chrono::minutes{1});
           })
        .value();
  }
  Status End(const AccountLease& lease, const PollEnd& end = {}) {
    clock_.Advance(std::chrono::milliseconds{1});
    return InTransaction([&](store::Transaction& transaction) { return EndPoll(transaction, lease, end); });
  }

  Result<SaveReport> SaveAll(AccountLease& lease, const PageToSave& page) {
    clock_.Advance(std::chrono::milliseconds{1});
    return Run(SavePage(*database_, box_, fingerprints_, lease, page));
  }
  Result<SaveReport> Save(AccountLease& lease, std::vector<IncomingOrder> orders,
                          std::optional<SysTime> cursor = std::nullopt, bool alone = false) {
    return SaveAll(lease, {.orders = std::move(orders), .cursor = cursor, .alone = alone});
  }
  Result<SaveReport> SetAside(AccountLease& lease, UnreadableOrder broken) {
    return SaveAll(lease, {.unreadable = {std::move(broken)}});
  }

  /// Every event that was announced, "A-1 v1 received", in order.
  std::vector<std::string> Announced() {
    const std::string prefix = "com.cdiscount-connect.order.";
    std::vector<std::string> announced;
    for (const auto& row : database_->NewSession()->Query(
             "SELECT subject, version, type FROM outbox_row WHERE topic = 'cdiscount.order.events.v1' ORDER BY id")) {
      const auto type = row.Text("type");
      announced.push_back(row.Text("subject") + " v" + std::to_string(row.Int("version")) + " " +
                          type.substr(prefix.size(), type.size() - prefix.size() - 3));
    }
    return announced;
  }

  cdiscount::fakes::KeyFile keys_;
  crypto::SealedBox box_ = crypto::SealedBox::Load(keys_.path()).value();
  Fingerprints fingerprints_{Secret{"a key"}};
};

/// One account is connected, as the tests of a page want it.
class OneAccountTest : public IngestTest {
 protected:
  OneAccountTest() { Announce(1, true); }
};

inline events::v1::OrderRecipients ToClaire() {
  events::v1::OrderRecipients people;
  auto& recipient = *people.add_recipients();
  recipient.add_order_line_ids("A-1-1");
  recipient.mutable_delivery_address()->set_last_name("Martin");
  return people;
}

}  // namespace cdiscount::order_ingest::fakes
