#include "kafka/client.hpp"

#include <fmt/format.h>

#include "kafka/client_error.hpp"
#include "kafka/handles.hpp"

namespace cdiscount::kafka {

Result<std::int32_t> CountPartitions(rd_kafka_t* client, const std::string& topic, std::chrono::milliseconds timeout) {
  const auto tried = fmt::format("read the metadata of {}", topic);
  rd_kafka_topic_t* handle = rd_kafka_topic_new(client, topic.c_str(), nullptr);
  if (handle == nullptr) return MakeError(tried, rd_kafka_last_error());
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code = rd_kafka_metadata(client, 0, handle, &raw, Milliseconds(timeout));
  rd_kafka_topic_destroy(handle);
  const MetadataHandle metadata(raw);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return MakeError(tried, code);
  if (metadata->topic_cnt != 1) return MakeError(tried, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC);
  const auto& found = metadata->topics[0];
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) return MakeError(tried, found.err);
  if (found.partition_cnt == 0) return MakeError(tried, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC);
  return found.partition_cnt;
}

Result<Bounds> BoundsOf(rd_kafka_t* client, const std::string& topic, std::int32_t partition,
                        std::chrono::milliseconds timeout) {
  Bounds bounds;
  const auto code = rd_kafka_query_watermark_offsets(client, topic.c_str(), partition, &bounds.begin, &bounds.end,
                                                     Milliseconds(timeout));
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return bounds;
  return MakeError(fmt::format("read the end of {}/{}", topic, partition), code);
}

}  // namespace cdiscount::kafka
