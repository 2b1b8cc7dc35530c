#include "app/account_events.hpp"

#include "crypto/uuid.hpp"
#include "domain/messages.hpp"
#include "rows/accounts.hpp"

namespace cdiscount::auth {
namespace {

// The namespace of our event ids (UUIDv5), the same in every service. Never changes: an event that is published again
// has the same id.
constexpr std::string_view kEventIds = "5f0d2f5e-6c0b-5d8e-9a53-0c9a7d4f1b27";

}  // namespace

outbox::Event ToEvent(const Account& account, std::string traceparent) {
  const auto& fields = account.fields();
  events::v1::AccountEvent event;
  event.set_account_id(fields.id.value());
  event.set_name(fields.name);
  event.set_seller_id(fields.seller_id.value());
  event.set_sales_channel_id(fields.sales_channel_id.value());
  event.set_state(account.state());
  event.set_version(fields.version);
  *event.mutable_changed_at() = ToTimestamp(fields.changed_at);
  event.set_generation(fields.generation);

  const auto fact =
      "account/" + fields.id.value() + "/" + std::to_string(fields.version) + "/" + std::string(kAccountChanged);
  return {.topic = std::string(kAccountsTopic),
          .key = fields.id.value(),
          .version = fields.version,
          .type = std::string(kAccountChanged),
          .id = crypto::UuidV5(kEventIds, fact),
          .subject = fields.id.value(),
          .time = fields.changed_at,
          .traceparent = std::move(traceparent),
          .value = event.SerializeAsString()};
}

Status SaveNew(store::Transaction& transaction, const Account& account, const std::string& traceparent) {
  const auto inserted = rows::InsertAccount(transaction, account);
  if (!inserted) return inserted;
  return outbox::Outbox{}.Append(transaction, ToEvent(account, traceparent));
}

Status SaveNext(store::Transaction& transaction, const Account& before, const Account& next,
                const std::string& traceparent) {
  if (next.version() == before.version()) return Ok();
  const auto updated = rows::UpdateAccount(transaction, before, next);
  if (!updated) return updated;
  return outbox::Outbox{}.Append(transaction, ToEvent(next, traceparent));
}

outbox::RelayOptions RelayFor(const kafka::KafkaOptions& kafka) {
  return {.service = "auth", .kafka = kafka, .topics = {{.name = std::string(kAccountsTopic), .compacted = true}}};
}

}  // namespace cdiscount::auth
