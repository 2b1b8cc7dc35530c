#include "app/save_page.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "app/fingerprints.hpp"
#include "app/order_events.hpp"
#include "domain/storable_text.hpp"
#include "marketplace/order_content.hpp"
#include "rows/orders.hpp"
#include "rows/polls.hpp"
#include "rows/unreadable_orders.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::order_ingest {
namespace {

const outbox::Outbox kOutbox;

// True for an error that is the fault of one order, not of the other orders of its page.
bool BlamesTheOrder(ErrorCode code) {
  return code == ErrorCode::kInvalidArgument || code == ErrorCode::kAlreadyExists || code == ErrorCode::kInternal;
}

// Before anything is written: a record that Kafka refuses would hold up all records behind it.
Status CheckSizes(const std::vector<outbox::Event>& events) {
  for (const auto& event : events) {
    if (!event.value || event.value->size() <= kOutbox.value_limit()) continue;
    return Error{.code = ErrorCode::kInvalidArgument,
                 .message = "the order needs " + std::to_string(event.value->size()) +
                            " bytes, and an event may have " + std::to_string(kOutbox.value_limit())};
  }
  return Ok();
}

std::optional<KnownVersion> KnownTo(const AccountId& account, const std::optional<rows::StoredOrder>& stored) {
  if (!stored) return std::nullopt;
  auto known = stored->known;
  // Each account counts its own writes. The order may have come by another one: its count says nothing here.
  if (stored->account != account) known.written_at = 0;
  return known;
}

// The bytes of the order with the status to announce.
std::string WithStatus(const IncomingOrder& incoming, OrderStatus status) {
  if (incoming.order.status() == status) return incoming.bytes;
  auto order = incoming.order;
  order.set_status(status);
  return marketplace::BytesOf(order);
}

// The consequence when a statement of an order throws: the whole page fails with it, or that order is set aside (which
// costs a savepoint for each order).
enum class Refused { kFailsThePage, kIsSetAside };

// One page, inside its transaction.
class Saving {
 public:
  Saving(store::Transaction& transaction, const crypto::SealedBox& box, const Fingerprints& fingerprints,
         const AccountLease& lease, const PageToSave& page, std::int64_t write_counter)
      : transaction_(transaction),
        box_(box),
        fingerprints_(fingerprints),
        lease_(lease),
        page_(page),
        write_counter_(write_counter),
        now_(transaction.Now()),
        waiting_(rows::UnreadableIds(transaction, lease.who.account)) {}

  Result<SaveReport> Save(Refused refused) {
    for (const auto& incoming : page_.orders) {
      if (const auto saved = Save(incoming, refused); !saved) return saved.error();
    }
    for (const auto& broken : page_.unreadable) SetAside(broken);
    return std::move(report_);
  }

 private:
  Status Save(const IncomingOrder& incoming, Refused refused) {
    const auto keep = [&] { return Keep(incoming); };
    const auto kept = refused == Refused::kIsSetAside ? transaction_.Try(keep) : keep();
    const OrderId id{incoming.order.order_id()};
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
              .window_min = marketplace::UpdatedAt(incoming.order).value_or(now_)});
    return Ok();
  }

  void SetAside(const UnreadableOrder& broken) {
    if (rows::KeepUnreadable(transaction_, box_, lease_.who.account, broken, now_)) report_.set_aside.push_back(broken);
  }

  Result<Decision> Keep(const IncomingOrder& incoming) {
    const auto order_key = OrderKey::Of(incoming.order);
    const auto key = order_key.ToString();
    if (!IsStorableKey(key)) {
      return Error{.code = ErrorCode::kInvalidArgument,
                   .message = "the order id \"" + Storable(incoming.order.order_id(), 40) +
                              "\" cannot be a key: it holds NUL or wrong bytes, or the key has more than " +
                              std::to_string(kLongestKey) + " bytes"};
    }
    const auto stored = rows::FindOrder(transaction_, key);
    auto known = KnownTo(lease_.who.account, stored);
    Candidate next{.status = incoming.order.status(),
                   .updated_at = marketplace::UpdatedAt(incoming.order),
                   .fingerprint = incoming.fingerprint,
                   .asked_at = lease_.write_counter,
                   .alone = page_.alone,
                   .now = now_};
    const bool older_scheme = stored && stored->scheme != marketplace::CurrentScheme();
    std::optional<std::int64_t> people;  // their version, when they can be compared
    if (older_scheme) people = CompareUnderItsScheme(*stored, key, incoming, *known, next);
    const auto decision = Compare(known, next);
    next.fingerprint = incoming.fingerprint;
    auto after = Remember(known, next, decision);
    if (IsNews(decision.verdict)) {
      after.written_at = write_counter_;
      const auto bytes = WithStatus(incoming, decision.status);
      if (const auto announced = Announce(incoming, bytes, known, decision); !announced) return announced.error();
      rows::SaveVersion(transaction_, order_key, lease_.who.account, after, marketplace::CurrentScheme(), bytes, now_);
    } else if (older_scheme && decision.verdict == Verdict::kUnchanged) {
      // The newer fields are stored from here on; their first values are not announced.
      rows::SaveKnown(transaction_, key, after, marketplace::CurrentScheme());
      rows::SavePayload(transaction_, key, WithStatus(incoming, decision.status));
    } else {
      if (after != known) rows::SaveKnown(transaction_, key, after, stored->scheme);
      return decision;
    }
    if (people && !decision.recipients_changed) {
      if (const auto sealed = Seal(incoming, key, *people)) {
        rows::SaveRecipients(transaction_, key, *people, *sealed);
      }
    }
    return decision;
  }

  // A version that was stored under an older scheme is compared without the fields that came later: by itself a new
  // field announces nothing. Gives the version of the stored people.
  std::optional<std::int64_t> CompareUnderItsScheme(const rows::StoredOrder& stored, const std::string& key,
                                                    const IncomingOrder& incoming, KnownVersion& known,
                                                    Candidate& next) {
    orders::v1::Order order;
    if (!order.ParseFromString(stored.payload)) {
      throw store::StoreError(ErrorCode::kInternal, "orders.payload of " + key + " is no Order");
    }
    order.DiscardUnknownFields();  // a newer program's: this one can neither read nor compare them
    marketplace::Canonicalise(order);
    known.earlier.clear();
    next.fingerprint = fingerprints_.Of(incoming.order, incoming.recipients, stored.scheme);
    const auto sealed = rows::FindRecipients(transaction_, key);
    const auto people = sealed ? marketplace::Recipients::Unseal(box_, rows::RecipientsRow(key), sealed->sealed)
                               : Result<marketplace::Recipients>(marketplace::Recipients());
    known.fingerprint = fingerprints_.Of(std::move(order), people ? *people : marketplace::Recipients(), stored.scheme);
    if (sealed && people) return sealed->version;
    // People who were erased, or cannot be opened, are taken for the same.
    if (!stored.known.fingerprint.recipients.empty()) known.fingerprint.recipients = next.fingerprint.recipients;
    return std::nullopt;
  }

  Result<std::string> Seal(const IncomingOrder& incoming, const std::string& key, std::int64_t version) {
    return incoming.recipients.Seal(box_, rows::RecipientsRow(key), incoming.order, version, kOutbox.value_limit());
  }

  // The events of a version, and its people.
  Status Announce(const IncomingOrder& incoming, const std::string& bytes, const std::optional<KnownVersion>& known,
                  const Decision& decision) {
    const auto order_key = OrderKey::Of(incoming.order);
    const auto key = order_key.ToString();
    const auto events = EventsOf({.key = order_key,
                                  .order = bytes,
                                  .decision = decision,
                                  .previous_status = known ? std::optional(known->status) : std::nullopt,
                                  .fingerprint = incoming.fingerprint,
                                  .observed_at = now_,
                                  .account = lease_.who.account,
                                  .traceparent = lease_.who.traceparent});
    if (auto fits = CheckSizes(events); !fits) return fits;
    std::optional<std::string> sealed;
    if (decision.recipients_changed) {
      auto people = Seal(incoming, key, decision.version);
      if (!people) return people.error();
      sealed = std::move(*people);
    }
    for (const auto& event : events) {
      if (auto appended = kOutbox.Append(transaction_, event); !appended) return appended;
    }
    transaction_.NotifyOnCommit();
    if (sealed) rows::SaveRecipients(transaction_, key, decision.version, *sealed);
    return Ok();
  }

  void Count(const Decision& decision, const IncomingOrder& incoming) {
    if (decision.ask_again) report_.ask_again.emplace_back(incoming.order.order_id());
    const auto stamp = marketplace::UpdatedAt(incoming.order);
    if (IsNews(decision.verdict) && lease_.cursor && stamp) {
      report_.ages.push_back(std::max(now_ - *stamp, SysTime::duration{0}));
    }
    switch (decision.verdict) {
      case Verdict::kNew:
        ++report_.created;
        return;
      case Verdict::kSetBack:
        log::Warn("order_set_back", {{"account_id", lease_.who.account},
                                     {"order_id", incoming.order.order_id()},
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
  const Fingerprints& fingerprints_;
  const AccountLease& lease_;
  const PageToSave& page_;
  const std::int64_t write_counter_;
  const SysTime now_;
  std::set<std::string> waiting_;  // set aside before
  SaveReport report_;
};

}  // namespace

OrderCounts& OrderCounts::operator+=(const OrderCounts& more) {
  created += more.created;
  changed += more.changed;
  unchanged += more.unchanged;
  older += more.older;
  flicker += more.flicker;
  set_back += more.set_back;
  ages.insert(ages.end(), more.ages.begin(), more.ages.end());
  return *this;
}

Task<Result<SaveReport>> SavePage(store::Database& database, const crypto::SealedBox& box,
                                  const Fingerprints& fingerprints, AccountLease& lease, const PageToSave& page) {
  std::int64_t write_counter = 0;
  const auto save = [&](Refused refused) {
    return database.Run([&, refused](store::Transaction& transaction) -> Result<SaveReport> {
      const auto locked = rows::LockPoll(transaction, lease, page.cursor);
      if (!locked) return locked.error();
      write_counter = *locked;
      return Saving(transaction, box, fingerprints, lease, page, write_counter).Save(refused);
    });
  };
  auto saved = co_await save(Refused::kFailsThePage);
  // The database refused one order, which undid the whole page: now each order is tried for itself.
  if (!saved && BlamesTheOrder(saved.error().code)) saved = co_await save(Refused::kIsSetAside);
  if (!saved) co_return saved;
  lease.write_counter = write_counter;
  if (page.cursor) lease.cursor = page.cursor;
  for (const auto& order : saved->set_aside) {
    log::Warn("order_set_aside", {{"account_id", lease.who.account},
                                  {"order_id", Storable(order.order_id, kLongestKey)},
                                  {"reason", Storable(order.reason)}});
  }
  co_return saved;
}

}  // namespace cdiscount::order_ingest
