#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "app/ports.hpp"

namespace cdiscount::order_ingest::fakes {

/// An OrderStore for one account that decides as the real ones do, with Compare.
class InMemoryOrderStore final : public OrderStore {
 public:
  struct Announced {
    std::string order_id;
    std::int64_t version;
    OrderEventType event;
    friend bool operator==(const Announced&, const Announced&) = default;
  };

  AccountLease Lease() const {
    AccountLease lease;
    lease.who = {AccountId{"account-1"}, SellerId{"98979"}, ChannelId{"CDISFR"}};
    lease.token = 1;
    lease.cursor = cursor_;
    lease.write_counter = write_counter_;
    lease.failures_in_a_row = failures_;
    for (const auto& [id, broken] : unreadable_) {
      if (id.starts_with("?")) {
        lease.look_again_from = broken.window_min;
      } else {
        lease.ask_again.emplace_back(id);
      }
    }
    return lease;
  }

  Task<Result<DueAccounts>> ClaimDue(int, std::chrono::milliseconds, std::vector<AccountId>, bool) override {
    co_return DueAccounts{.leases = {Lease()}};
  }

  Task<Result<std::vector<AccountId>>> RenewLeases(std::vector<AccountLease> leases,
                                                   std::chrono::milliseconds) override {
    std::vector<AccountId> held;
    if (!lease_lost_) {
      for (const auto& lease : leases) held.push_back(lease.who.account);
    }
    co_return held;
  }

  Task<Result<SaveReport>> SavePage(const AccountLease&, const PageToSave& page) override {
    if (lease_lost_) co_return Error{.code = ErrorCode::kConflict, .message = "the lease is lost"};
    if (save_error_) co_return *std::exchange(save_error_, std::nullopt);
    ++write_counter_;
    SaveReport report;
    report.write_counter = write_counter_;
    for (const auto& incoming : page.orders) Keep(incoming, page, report);
    for (const auto& broken : page.unreadable) {
      unreadable_[broken.order_id.empty() ? "?" + broken.raw : broken.order_id] = broken;
    }
    if (page.cursor) cursor_ = page.cursor;
    co_return report;
  }

  Task<Status> FinishPoll(const AccountLease&, const PollEnd& end) override {
    if (lease_lost_) co_return Error{.code = ErrorCode::kConflict, .message = "the lease is lost"};
    if (!end.interrupted) failures_ = end.error.empty() ? 0 : failures_ + 1;
    ends_.push_back(end);
    co_return Ok();
  }

  /// Another poller stored something: the answers of requests under way may be older.
  void TouchFromElsewhere(const std::string& order_id) { orders_.at(order_id).written_at = ++write_counter_; }
  void LoseLease() { lease_lost_ = true; }
  /// The next save fails, and nothing of it is kept.
  void ThenFailsToSave(Error error) { save_error_ = std::move(error); }
  const std::vector<Announced>& announced() const { return announced_; }
  const std::map<std::string, UnreadableOrder>& unreadable() const { return unreadable_; }
  const std::vector<PollEnd>& ends() const { return ends_; }
  std::optional<SysTime> cursor() const { return cursor_; }
  void SetCursor(SysTime cursor) { cursor_ = cursor; }

 private:
  void Keep(const IncomingOrder& incoming, const PageToSave& page, SaveReport& report) {
    const auto& id = incoming.order.key().order.value();
    const auto found = orders_.find(id);
    const auto known = found == orders_.end() ? std::nullopt : std::optional(found->second);
    const auto decision = Compare(known, {.status = incoming.order.status(),
                                          .updated_at = incoming.order.updated_at(),
                                          .fingerprint = incoming.fingerprint,
                                          .asked_at = page.asked_at,
                                          .alone = page.alone});
    if (decision.ask_again) report.ask_again.emplace_back(id);
    switch (decision.verdict) {
      case Verdict::kNew:
        ++report.created;
        break;
      case Verdict::kSetBack:
        ++report.set_back;
        ++report.changed;
        break;
      case Verdict::kChanged:
        ++report.changed;
        break;
      case Verdict::kUnchanged:
        ++report.unchanged;
        break;
      case Verdict::kOlder:
        ++report.older;
        return;
      case Verdict::kFlicker:
        ++report.flicker;
        return;
      case Verdict::kAskAgain:
        return;
    }
    unreadable_.erase(id);
    orders_[id] = {.version = decision.version,
                   .status = decision.status,
                   .updated_at = incoming.order.updated_at(),
                   .fingerprint = incoming.fingerprint,
                   .written_at = write_counter_};
    if (IsNews(decision.verdict)) announced_.push_back({id, decision.version, decision.event});
  }

  std::map<std::string, KnownVersion> orders_;
  std::map<std::string, UnreadableOrder> unreadable_;
  std::vector<Announced> announced_;
  std::vector<PollEnd> ends_;
  std::optional<SysTime> cursor_;
  std::int64_t write_counter_ = 0;
  int failures_ = 0;
  bool lease_lost_ = false;
  std::optional<Error> save_error_;
};

}  // namespace cdiscount::order_ingest::fakes
