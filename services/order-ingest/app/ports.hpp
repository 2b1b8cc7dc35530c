#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "domain/compare.hpp"
#include "domain/order.hpp"
#include "domain/recipients.hpp"

namespace cdiscount::order_ingest {

// ---- What is read at the marketplace -------------------------------------------------------------------------------

/// An order as it was read, with what tells its version.
struct IncomingOrder {
  Order order;
  Recipients recipients;
  Fingerprint fingerprint;
  Pii raw = {};  ///< As it came, for the case that it cannot be stored.
};

/// An answer, or a part of one, that cannot be understood.
struct UnreadableOrder {
  std::string order_id;  ///< Empty when not even that could be found.
  std::string reason;
  std::string raw;       ///< Holds personal data: kept encrypted only.
  SysTime window_min{};  ///< The lower bound of the request whose answer it was: where to look again.
};

/// Which orders to ask for. Both bounds are inclusive (octopia-rest-v2.md, section 9, row 13).
struct PageRequest {
  SysTime updated_min;
  std::optional<SysTime> updated_max = {};  ///< Absent = no upper end.
  int page_index = 1;                       ///< From 1.
  int page_size = 100;

  friend bool operator==(const PageRequest&, const PageRequest&) = default;
};

struct OrderPage {
  std::size_t items = 0;  ///< On the page, readable or not.
  std::vector<IncomingOrder> orders;
  std::vector<UnreadableOrder> unreadable;
  std::optional<SysTime> server_time;  ///< The marketplace's clock when it answered.
  /// The list breaks off after `items` orders: these were read, `rest` is the text from there on. It holds personal
  /// data.
  bool cut = false;
  std::string rest;
};

/// Whom a call is made for.
struct SellerRef {
  AccountId account;
  SellerId seller;
  ChannelId channel;
  std::string traceparent = {};  ///< W3C; the trace that this poll is a part of. May be empty.
  std::int64_t generation = 0;   ///< Of the account's credentials: no token of another one is used.
};

/// Reads orders at the marketplace, sorted by `updated_at` ascending as far as the marketplace obeys. Errors:
/// kUnreadable (nothing of the answer is a list of orders), kThrottled with a time, kUnauthenticated,
/// kPermissionDenied, kUnavailable, kDeadlineExceeded. Network thread.
class OrderSource {
 public:
  virtual ~OrderSource() = default;
  virtual Task<Result<OrderPage>> FetchPage(SellerRef seller, PageRequest request) = 0;
  virtual Task<Result<IncomingOrder>> FetchOrder(SellerRef seller, OrderId order) = 0;
  virtual Task<Result<std::int64_t>> Count(SellerRef seller, SysTime updated_min, SysTime updated_max) = 0;
};

// ---- What is kept --------------------------------------------------------------------------------------------------

/// The right to poll one account for a while.
struct AccountLease {
  SellerRef who;
  std::int64_t generation = 0;
  std::int64_t token = 0;          ///< Fencing token: every write names it.
  std::optional<SysTime> cursor;   ///< Everything changed up to here was read; absent before the first poll.
  std::int64_t write_counter = 0;  ///< Grows with each save; see Candidate::asked_at.
  int failures_in_a_row = 0;
  std::vector<OrderId> ask_again;  ///< Orders that could not be read, due for another try.
  /// Where something stands that could not be read and has no id: the poll begins there at the latest.
  std::optional<SysTime> look_again_from;
};

struct PageToSave {
  std::vector<IncomingOrder> orders;
  std::vector<UnreadableOrder> unreadable;
  std::int64_t asked_at = 0;           ///< The lease's write counter before the request went out.
  std::optional<SysTime> cursor = {};  ///< The new cursor; absent = unchanged.
  bool alone = false;                  ///< The answer to FetchOrder: see Candidate::alone.
};

struct SaveReport {
  int created = 0;
  int changed = 0;
  int unchanged = 0;
  int older = 0;
  int flicker = 0;
  int set_back = 0;  ///< Of `changed`: versions whose stamp is older than the one before.
  /// Orders to ask for alone, once in this poll.
  std::vector<OrderId> ask_again;
  /// How old each new version was by the marketplace's stamp when it was stored; not for what was there before the
  /// account was first polled.
  std::vector<std::chrono::microseconds> ages;
  std::int64_t write_counter = 0;
  bool announced() const { return created + changed > 0; }
};

/// How a poll ended.
struct PollEnd {
  std::chrono::milliseconds next_poll_in{0};
  std::string error;  ///< In words; empty = it went well.
  /// Stopped in the middle by us: due again at once, neither a failure nor a success.
  bool interrupted = false;
  /// A poll that went well has read everything from here on: what had no id and was not met again is settled.
  std::optional<SysTime> read_from = {};
};

/// What ClaimDue found.
struct DueAccounts {
  std::vector<AccountLease> leases;
  /// When the next account is due that is neither leased here nor elsewhere; absent when there is none.
  std::optional<std::chrono::milliseconds> next_in;
};

/// No wait before a poll is longer, whoever named it.
inline constexpr std::chrono::hours kLongestPollWait{24};

/// Orders, cursors and leases. Each call is one transaction. An instant that is stored (the next poll, the end of a
/// lease) counts only as far as the wait that was stored with it: after a clock that ran ahead was set back, accounts
/// are due and leases are free. A call under a lease fails with kConflict when the lease
/// is lost, or when the account was disabled or changed its generation meanwhile; nothing is written then.
class OrderStore {
 public:
  virtual ~OrderStore() = default;
  /// Leases up to `most` enabled accounts whose next poll is due, longest due first; none of `running`, which the
  /// caller is working on. `also_set_back` looks at every account for one whose next poll counts no more (see above);
  /// to be done now and then, since it takes time.
  virtual Task<Result<DueAccounts>> ClaimDue(int most, std::chrono::milliseconds ttl,
                                             std::vector<AccountId> running = {}, bool also_set_back = true) = 0;
  /// Gives each of these leases `ttl` from now on, in one statement. Gives those that still hold: not taken by another
  /// process, account enabled and of the same generation.
  virtual Task<Result<std::vector<AccountId>>> RenewLeases(std::vector<AccountLease> leases,
                                                           std::chrono::milliseconds ttl) = 0;
  /// Decides by Compare, and stores orders, events and cursor together. Extends the lease. An order that cannot be
  /// stored is set aside as unreadable, and the others are stored.
  virtual Task<Result<SaveReport>> SavePage(const AccountLease& lease, const PageToSave& page) = 0;
  /// Gives the lease back, and records how the poll ended. `next_poll_in` counts up to kLongestPollWait.
  virtual Task<Status> FinishPoll(const AccountLease& lease, const PollEnd& end) = 0;
};

/// An account as `auth` announces it.
struct AccountFact {
  SellerRef who;
  std::string name;
  bool enabled = false;
  std::int64_t version = 0;
  std::int64_t generation = 0;
};

/// A step of a consumer through its topic. Offsets of a compacted topic have gaps, so both ends are named.
struct ConsumerStep {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t from = 0;  ///< Where the consumer stood.
  std::int64_t to = 0;    ///< The next offset to read.
};

/// The accounts that this service follows.
class AccountStore {
 public:
  virtual ~AccountStore() = default;
  /// An older version than the stored one changes nothing but the position; without an account (what could not be read)
  /// only the position moves. Fails with kConflict when the stored position is not `step.from`: another process follows
  /// the topic with this database.
  virtual Task<Status> ApplyAccount(std::optional<AccountFact> account, ConsumerStep step) = 0;
  /// 0 for a partition that was never read.
  virtual Task<Result<std::int64_t>> Position(std::string topic, std::int32_t partition) = 0;
  /// The version of each account's last announcement.
  virtual Task<Result<std::map<AccountId, std::int64_t>>> Versions() = 0;
};

}  // namespace cdiscount::order_ingest
