#include "kafka/producer.hpp"

#include <fmt/format.h>

#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "kafka/client.hpp"
#include "kafka/client_error.hpp"
#include "kafka/conf.hpp"

namespace cdiscount::kafka {
namespace {

/// Longest time that a transaction of ours holds back readers when its producer dies.
constexpr const char* kTransactionTimeout = "10000";

}  // namespace

TransactionalProducer::TransactionalProducer(const KafkaOptions& options, std::string transactional_id)
    : id_(std::move(transactional_id)), client_(Make(options)) {}

TransactionalProducer::~TransactionalProducer() {
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

ClientHandle TransactionalProducer::Make(const KafkaOptions& options) {
  auto conf = MakeConf(options, {{"transactional.id", id_},
                                 {"transaction.timeout.ms", kTransactionTimeout},
                                 {"enable.idempotence", "true"},
                                 {"retry.backoff.ms", "5"},  // 100, the default, costs each transaction 70 ms
                                 {"linger.ms", "5"}});
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), OnDelivery);
  return MakeClient(RD_KAFKA_PRODUCER, std::move(conf));
}

void TransactionalProducer::OnDelivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* opaque) {
  auto& self = *static_cast<TransactionalProducer*>(opaque);
  const auto word = reinterpret_cast<std::uintptr_t>(message->_private);  // NOLINT
  const auto index = word & 0xffffffU;
  if (word >> 24U != self.transaction_ || index >= self.deliveries_.size()) return;
  auto& delivery = self.deliveries_[index];
  delivery.error = message->err;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) delivery.offset = message->offset;
}

Outcome<void> TransactionalProducer::Checked(std::string_view tried, rd_kafka_error_t* raw) const {
  if (raw == nullptr) return {};
  const ErrorHandle error(raw);
  return MakeFailure(fmt::format("{} of {}", tried, id_), error.get());
}

Outcome<void> TransactionalProducer::Init(std::chrono::milliseconds timeout) {
  return Checked("take over the transactions", rd_kafka_init_transactions(client_.get(), Milliseconds(timeout)));
}

Outcome<void> TransactionalProducer::Begin() {
  // Reports of an earlier transaction that arrive late carry its number and are not looked at.
  ++transaction_;
  deliveries_.clear();
  return Checked("begin a transaction", rd_kafka_begin_transaction(client_.get()));
}

Outcome<void> TransactionalProducer::Produce(const Record& record) {
  HeadersHandle headers(rd_kafka_headers_new(record.headers.size()));
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  std::vector<rd_kafka_vu_t> parts(7);
  parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  parts[0].u.cstr = record.topic.c_str();
  parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[1].u.i32 = record.partition;
  parts[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[2].u.i = RD_KAFKA_MSG_F_COPY;
  // librdkafka takes bytes that it may not change as void*.
  parts[3].vtype = RD_KAFKA_VTYPE_KEY;
  parts[3].u.mem = {const_cast<char*>(record.key.data()), record.key.size()};
  parts[4].vtype = RD_KAFKA_VTYPE_VALUE;
  if (record.value) parts[4].u.mem = {const_cast<char*>(record.value->data()), record.value->size()};
  parts[5].vtype = RD_KAFKA_VTYPE_HEADERS;
  parts[5].u.headers = headers.get();
  parts[6].vtype = RD_KAFKA_VTYPE_OPAQUE;
  // Which transaction and which record of it, in the one word that comes back with the report.
  parts[6].u.ptr = reinterpret_cast<void*>((transaction_ << 24U) | deliveries_.size());  // NOLINT
  const ErrorHandle error(rd_kafka_produceva(client_.get(), parts.data(), parts.size()));
  if (error) {
    return Failure{Severity::kAbortable,
                   MakeError(fmt::format("produce to {}/{} as {}", record.topic, record.partition, id_),
                             rd_kafka_error_code(error.get()), rd_kafka_error_string(error.get()))};
  }
  (void)headers.release();  // the record owns them now
  deliveries_.emplace_back();
  return {};
}

Outcome<void> TransactionalProducer::SendOffsets(const std::string& group, const std::string& topic,
                                                 const std::vector<PartitionOffset>& offsets,
                                                 std::chrono::milliseconds timeout) {
  const PartitionsHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& offset : offsets) {
    auto* entry = rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), offset.partition);
    entry->offset = offset.offset;
    entry->metadata_size = offset.metadata.size();
    // Freed by the list, with free().
    entry->metadata = offset.metadata.empty() ? nullptr : ::strndup(offset.metadata.data(), offset.metadata.size());
  }
  const GroupMetadataHandle metadata(rd_kafka_consumer_group_metadata_new(group.c_str()));
  return Checked(
      "send the progress with a transaction",
      rd_kafka_send_offsets_to_transaction(client_.get(), list.get(), metadata.get(), Milliseconds(timeout)));
}

Outcome<std::vector<std::int64_t>> TransactionalProducer::Flush(std::chrono::milliseconds timeout) {
  rd_kafka_flush(client_.get(), Milliseconds(timeout));
  std::vector<std::int64_t> offsets;
  offsets.reserve(deliveries_.size());
  const auto failed = [&](Severity severity, rd_kafka_resp_err_t error) {
    return Failure{severity, MakeError(fmt::format("deliver a record of {}", id_), error)};
  };
  for (const auto& delivery : deliveries_) {
    if (delivery.error != RD_KAFKA_RESP_ERR_NO_ERROR) return failed(Severity::kAbortable, delivery.error);
  }
  for (const auto& delivery : deliveries_) {
    if (!delivery.offset) return failed(Severity::kRetriable, RD_KAFKA_RESP_ERR__TIMED_OUT);
    offsets.push_back(*delivery.offset);
  }
  return offsets;
}

std::vector<std::optional<std::int64_t>> TransactionalProducer::Offsets() const {
  std::vector<std::optional<std::int64_t>> offsets;
  offsets.reserve(deliveries_.size());
  for (const auto& delivery : deliveries_) offsets.push_back(delivery.offset);
  return offsets;
}

Outcome<void> TransactionalProducer::Commit(std::chrono::milliseconds timeout) {
  return Checked("commit a transaction", rd_kafka_commit_transaction(client_.get(), Milliseconds(timeout)));
}

Outcome<void> TransactionalProducer::Abort(std::chrono::milliseconds timeout) {
  return Checked("abort a transaction", rd_kafka_abort_transaction(client_.get(), Milliseconds(timeout)));
}

}  // namespace cdiscount::kafka
