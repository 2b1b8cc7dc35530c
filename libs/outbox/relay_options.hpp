#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "kafka/options.hpp"
#include "outbox/topics.hpp"

namespace cdiscount::outbox {

struct RelayOptions {
  std::string service;  ///< "order-ingest": in the transactional ids and the name of the progress topic.
  kafka::KafkaOptions kafka;
  std::vector<TopicSpec> topics;                     ///< Every topic that the service appends to.
  std::size_t value_limit = std::size_t{60} * 1024;  ///< As the Outbox's: the topics must take that much.

  std::chrono::milliseconds poll_period{500};       ///< How long a row of another process waits at most.
  std::chrono::milliseconds lease_ttl{15'000};      ///< Renewed at a third.
  std::chrono::milliseconds give_up{30'000};        ///< Without a commit while rows wait: the lane is let go.
  std::chrono::milliseconds check_again{30'000};    ///< A stopped lane looks again whether it was put right.
  std::chrono::milliseconds trim_grace{3'600'000};  ///< Published rows stay that long.
  std::chrono::milliseconds refresh_period{
      86'400'000};       ///< Progress is committed anew; far below offsets.retention.minutes.
  int batch_rows = 500;  ///< Rows of a Kafka transaction, at most.
  std::size_t batch_bytes = std::size_t{1024} * 1024;  ///< Bytes of values of a Kafka transaction, about.
};

}  // namespace cdiscount::outbox
