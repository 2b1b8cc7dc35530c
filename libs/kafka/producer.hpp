#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kafka/error.hpp"
#include "kafka/handles.hpp"
#include "kafka/options.hpp"
#include "kafka/record.hpp"

namespace cdiscount::kafka {

/// An idempotent producer that writes in transactions, acks=all. For one thread. Every call blocks for at most its
/// timeout; kRetriable means: the same call again.
class TransactionalProducer {
 public:
  /// `transactional_id` as the cluster knows it, with the namespace prefix. Contacts no broker. Throws BadResult for
  /// options that librdkafka refuses.
  TransactionalProducer(const KafkaOptions& options, std::string transactional_id);
  /// Drops what was not sent. Ends no transaction: the broker aborts it when its timeout (10 s) is over, or at the next
  /// Init with the same id.
  ~TransactionalProducer();
  TransactionalProducer(const TransactionalProducer&) = delete;
  TransactionalProducer& operator=(const TransactionalProducer&) = delete;

  /// Fences every other producer of this id and ends its transaction. Once, before all else.
  Outcome<void> Init(std::chrono::milliseconds timeout);

  Outcome<void> Begin();

  /// Hands the record over, to exactly its partition. Any failure is kAbortable: a commit after it would succeed
  /// without the record.
  Outcome<void> Produce(const Record& record);

  /// Makes the offsets of `group` (without members) part of the transaction. `topic` must exist and have the
  /// partitions.
  Outcome<void> SendOffsets(const std::string& group, const std::string& topic,
                            const std::vector<PartitionOffset>& offsets, std::chrono::milliseconds timeout);

  /// Waits until each record of this transaction stands in its partition, and gives their offsets in the order of
  /// Produce. kRetriable: some still wait. A record that was refused is kAbortable.
  Outcome<std::vector<std::int64_t>> Flush(std::chrono::milliseconds timeout);

  /// The offsets that Flush has learnt so far, in the order of Produce, also when it failed.
  std::vector<std::optional<std::int64_t>> Offsets() const;

  Outcome<void> Commit(std::chrono::milliseconds timeout);

  /// May time out; it must then be called again.
  Outcome<void> Abort(std::chrono::milliseconds timeout);

 private:
  /// The delivery report of one record.
  struct Delivery {
    std::optional<std::int64_t> offset;
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  };
  ClientHandle Make(const KafkaOptions& options);
  Outcome<void> Checked(std::string_view tried, rd_kafka_error_t* raw) const;
  /// Called by Flush, on its thread.
  static void OnDelivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* self);

  const std::string id_;
  std::uint64_t transaction_ = 0;
  std::vector<Delivery> deliveries_;
  ClientHandle client_;
};

}  // namespace cdiscount::kafka
