#pragma once

#include <optional>
#include <string>

#include "app/ingest_orders.hpp"
#include "testing/fake_marketplace.hpp"
#include "testing/ingest_test.hpp"

namespace cdiscount::order_ingest::fakes {

/// Polls one account at a marketplace of the test's own, four orders a page.
class PollTest : public OneAccountTest {
 protected:
  /// As if the next poll were due now.
  AccountLease Lease() {
    Execute("UPDATE account SET next_poll_at = 0");
    return Claim();
  }
  Result<PollReport> Poll() { return Run(ingest_.Poll(Lease())); }

  /// As the last poll recorded them.
  std::string LastError() { return Texts("SELECT last_error FROM account").at(0); }
  std::chrono::microseconds Wait() { return std::chrono::microseconds{Number("SELECT poll_wait FROM account")}; }
  std::optional<SysTime> Cursor() {
    return database_->NewSession()->Query("SELECT cursor_at FROM account").at(0).MaybeTime(0);
  }
  void SetCursor(SysTime cursor) {
    database_->NewSession()->Execute("UPDATE account SET cursor_at = :cursor", {{"cursor", cursor}});
  }

  FakeMarketplace source_;
  IngestOrders ingest_{source_, fingerprints_, *database_, box_, clock_, {.walk = {.page_size = 4}}};
};

}  // namespace cdiscount::order_ingest::fakes
