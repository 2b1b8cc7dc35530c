#include "kafka/client.hpp"

#include <fmt/format.h>

#include <future>
#include <system_error>
#include <thread>
#include <utility>

#include "kafka/client_error.hpp"
#include "kafka/handles.hpp"
#include "telemetry/log.hpp"

namespace cdiscount::kafka {

void EndClient(rd_kafka_t* client) {
  std::promise<void> destroyed;
  const auto end = destroyed.get_future();
  try {
    // It may never end, and nothing can end it: so it is the one thread here that nobody joins.
    std::thread([client, destroyed = std::move(destroyed)]() mutable {
      rd_kafka_destroy(client);
      destroyed.set_value();
    }).detach();
  } catch (const std::system_error& no_thread) {
    log::Error("kafka_client_does_not_end", {{"problem", no_thread.what()}});
    return;
  }
  if (end.wait_for(std::chrono::seconds{10}) == std::future_status::timeout) log::Error("kafka_client_does_not_end");
}

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

Result<std::vector<std::int64_t>> EndsOf(rd_kafka_t* client, const std::string& topic,
                                         const std::vector<std::int32_t>& partitions,
                                         std::chrono::milliseconds timeout) {
  std::vector<std::int64_t> ends;
  if (partitions.empty()) return ends;
  const PartitionsHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const auto partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = RD_KAFKA_OFFSET_END;
  }
  // rd_kafka_query_watermark_offsets waits for a leader that is away without regard to its timeout.
  auto code = rd_kafka_offsets_for_times(client, list.get(), Milliseconds(timeout));
  for (const auto partition : partitions) {
    const auto* found = rd_kafka_topic_partition_list_find(list.get(), topic.c_str(), partition);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = found->err;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return MakeError(fmt::format("read the end of {}/{}", topic, partition), code);
    ends.push_back(found->offset);
  }
  return ends;
}

}  // namespace cdiscount::kafka
