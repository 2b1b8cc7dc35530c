#include "app/save_page.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "app/fingerprints.hpp"
#include "app/order_events.hpp"
#include "domain/storable_text.hpp"
#include "rows/orders.hpp"
#include "rows/polls.hpp"
#include "rows/unreadable_orders.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::order_ingest {
namespace {

const outbox::Outbox kOutbox;

// What the other orders of the page are not to blame for either.
bool BlamesTheOrder(ErrorCode code) {
  return code == ErrorCode::kInvalidArgument || code == ErrorCode::kAlreadyExists || code == ErrorCode::kInternal;
}

// Before anything is written: what Kafka would refuse would hold up all that is behind it.
Status CheckSizes(const std::vector<outbox::Event>& events, const std::string& recipients) {
  auto largest = recipients.size();
  for (const auto& event : events) largest = std::max(largest, event.value ? event.value->size() : 0);
  if (largest <= kOutbox.value_limit()) return Ok();
  return Error{.code = ErrorCode::kInvalidArgument,
               .message = "the order needs " + std::to_string(largest) + " bytes, and an event may have " +
                          std::to_string(kOutbox.value_limit())};
}

// The stored order's content under the present scheme: a new form announces nothing by itself.
std::string HashAnew(const rows::StoredOrder& stored, const std::string& key) {
  orders::v1::Order message;
  if (!message.ParseFromString(stored.payload)) {
    throw store::StoreError(ErrorCode::kInternal, "orders.payload of " + key + " is no Order");
  }
  const auto order = FromProto(message);
  if (!order) throw store::StoreError(ErrorCode::kInternal, order.error().message);
  return Fingerprints::ContentHash(*order);
}

std::optional<KnownVersion> KnownTo(const AccountId& account, const std::optional<rows::StoredOrder>& stored,
                                    const std::string& key) {
  if (!stored) return std::nullopt;
  auto known = stored->known;
  // Each account counts its own writes. The order may have come by another one: its count says nothing here.
  if (stored->account != account) known.written_at = 0;
  if (stored->scheme != kContentScheme) {
    known.fingerprint.content = HashAnew(*stored, key);
    known.earlier.clear();
  }
  return known;
}

// One page, inside its transaction.
class Saving {
 public:
  Saving(store::Transaction& transaction, const crypto::SealedBox& box, const AccountLease& lease,
         const PageToSave& page, std::int64_t write_counter)
      : transaction_(transaction),
        box_(box),
        lease_(lease),
        page_(page),
        now_(transaction.Now()),
        waiting_(rows::UnreadableIds(transaction, lease.who.account)) {
    report_.write_counter = write_counter;
  }

  Status Save(const IncomingOrder& incoming, Refused refused) {
    const auto keep = [&] { return Keep(incoming); };
    const auto kept = refused == Refused::kIsSetAside ? transaction_.Try(keep) : keep();
    const auto& id = incoming.order.key().order;
    if (kept) {
      Count(*kept, incoming);
      if (waiting_.contains(id.value())) rows::ForgetUnreadable(transaction_, lease_.who.account, id);
      return Ok();
    }
    if (!BlamesTheOrder(kept.error().code)) return kept.error();
    // Nothing of it was stored. It becomes something that a person must look at, and the others go on.
    SetAside({.order_id = id.value(),
              .reason = kept.error().message,
              .raw = incoming.raw.Reveal(),
              .window_min = incoming.order.updated_at().value_or(now_)});
    return Ok();
  }

  void SetAside(const UnreadableOrder& broken) {
    if (rows::KeepUnreadable(transaction_, box_, lease_.who.account, broken, now_)) report_.set_aside.push_back(broken);
  }

  SaveReport Report() && { return std::move(report_); }

 private:
  Result<Decision> Keep(const IncomingOrder& incoming) {
    const auto key = incoming.order.key().ToString();
    if (!IsStorableKey(key)) {
      return Error{.code = ErrorCode::kInvalidArgument,
                   .message = "the order id \"" + Storable(incoming.order.key().order.value(), 40) +
                              "\" cannot be a key: it holds NUL or wrong bytes, or the key has more than " +
                              std::to_string(kLongestKey) + " bytes"};
    }
    const auto stored = rows::FindOrder(transaction_, key);
    const auto known = KnownTo(lease_.who.account, stored, key);
    const Candidate next{.status = incoming.order.status(),
                         .updated_at = incoming.order.updated_at(),
                         .fingerprint = incoming.fingerprint,
                         .asked_at = page_.asked_at,
                         .alone = page_.alone,
                         .now = now_};
    const auto decision = Compare(known, next);
    auto after = Remember(known, next, decision);
    if (!IsNews(decision.verdict)) {
      if (after != known || stored->scheme != kContentScheme) rows::SaveKnown(transaction_, key, after);
      return decision;
    }
    after.written_at = report_.write_counter;
    const auto announced = Announce(incoming, known, decision);
    if (!announced) return announced.error();
    rows::SaveVersion(transaction_, incoming.order.key(), lease_.who.account, after,
                      ToProto(incoming.order.WithStatus(decision.status)).SerializeAsString(), now_);
    return decision;
  }

  // The events of a version, and its people.
  Status Announce(const IncomingOrder& incoming, const std::optional<KnownVersion>& known, const Decision& decision) {
    const auto& key = incoming.order.key();
    const auto events = EventsOf({.order = incoming.order.WithStatus(decision.status),
                                  .decision = decision,
                                  .previous_status = known ? std::optional(known->status) : std::nullopt,
                                  .fingerprint = incoming.fingerprint,
                                  .observed_at = now_,
                                  .account = lease_.who.account,
                                  .traceparent = lease_.who.traceparent});
    const auto people =
        decision.recipients_changed ? RecipientsMessage(key, decision.version, incoming.recipients) : std::string();
    if (auto fits = CheckSizes(events, people); !fits) return fits;
    for (const auto& event : events) {
      if (auto appended = kOutbox.Append(transaction_, event); !appended) return appended;
    }
    if (decision.recipients_changed) {
      rows::SaveRecipients(transaction_, box_, key.ToString(), decision.version, people);
    }
    return Ok();
  }

  void Count(const Decision& decision, const IncomingOrder& incoming) {
    if (decision.ask_again) report_.ask_again.push_back(incoming.order.key().order);
    if (IsNews(decision.verdict) && lease_.cursor && incoming.order.updated_at()) {
      report_.ages.push_back(std::max(now_ - *incoming.order.updated_at(), SysTime::duration{0}));
    }
    switch (decision.verdict) {
      case Verdict::kNew:
        ++report_.created;
        return;
      case Verdict::kSetBack:
        log::Warn("order_set_back", {{"account_id", lease_.who.account},
                                     {"order_id", incoming.order.key().order},
                                     {"version", decision.version}});
        ++report_.set_back;
        ++report_.changed;
        return;
      case Verdict::kChanged:
        ++report_.changed;
        return;
      case Verdict::kUnchanged:
        ++report_.unchanged;
        return;
      case Verdict::kOlder:
        ++report_.older;
        return;
      case Verdict::kFlicker:
        ++report_.flicker;
        return;
      case Verdict::kAskAgain:
        return;
    }
  }

  store::Transaction& transaction_;
  const crypto::SealedBox& box_;
  const AccountLease& lease_;
  const PageToSave& page_;
  SysTime now_;
  std::set<std::string> waiting_;  // set aside before
  SaveReport report_;
};

}  // namespace

Result<SaveReport> SavePage(store::Transaction& transaction, const crypto::SealedBox& box, const AccountLease& lease,
                            const PageToSave& page, Refused refused) {
  const auto write_counter = rows::LockPoll(transaction, lease, page.cursor);
  if (!write_counter) return write_counter.error();
  Saving saving(transaction, box, lease, page, *write_counter);
  for (const auto& incoming : page.orders) {
    if (const auto saved = saving.Save(incoming, refused); !saved) return saved.error();
  }
  for (const auto& broken : page.unreadable) saving.SetAside(broken);
  return std::move(saving).Report();
}

Task<Result<SaveReport>> SavePage(store::Database& database, const crypto::SealedBox& box, const AccountLease& lease,
                                  const PageToSave& page) {
  const auto save = [&](Refused refused) {
    return database.Run(
        [&, refused](store::Transaction& transaction) { return SavePage(transaction, box, lease, page, refused); });
  };
  auto saved = co_await save(Refused::kFailsThePage);
  // What the database refuses in one order has undone the whole page: now each order is tried for itself.
  if (!saved && BlamesTheOrder(saved.error().code)) saved = co_await save(Refused::kIsSetAside);
  if (saved) {
    for (const auto& order : saved->set_aside) {
      log::Warn("order_set_aside", {{"account_id", lease.who.account},
                                    {"order_id", Storable(order.order_id, kLongestKey)},
                                    {"reason", Storable(order.reason)}});
    }
  }
  co_return saved;
}

}  // namespace cdiscount::order_ingest
