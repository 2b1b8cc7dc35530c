#include "kafka/group_offsets.hpp"

#include <fmt/format.h>

#include <utility>

#include "kafka/client.hpp"
#include "kafka/client_error.hpp"
#include "kafka/conf.hpp"

namespace cdiscount::kafka {

GroupOffsets::GroupOffsets(const KafkaOptions& options, std::string group, std::string topic)
    : group_(std::move(group)),
      topic_(std::move(topic)),
      client_(MakeClient(RD_KAFKA_CONSUMER, MakeConf(options, {{"group.id", group_},
                                                               {"enable.auto.commit", "false"},
                                                               {"isolation.level", "read_committed"},
                                                               {"retry.backoff.ms", "20"}}))) {}

Result<std::vector<std::optional<PartitionOffset>>> GroupOffsets::Read(const std::vector<std::int32_t>& partitions,
                                                                       std::chrono::milliseconds timeout) {
  const auto tried = fmt::format("read the progress of group {} on {}", group_, topic_);
  const PartitionsHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const auto partition : partitions) rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), partition);
  const auto code = rd_kafka_committed(client_.get(), list.get(), Milliseconds(timeout));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return MakeError(tried, code);

  std::vector<std::optional<PartitionOffset>> offsets;
  offsets.reserve(partitions.size());
  for (int i = 0; i < list->cnt; ++i) {
    const auto& entry = list->elems[i];
    if (entry.err != RD_KAFKA_RESP_ERR_NO_ERROR) return MakeError(tried, entry.err);
    if (entry.offset < 0) {
      offsets.emplace_back();
      continue;
    }
    offsets.push_back(PartitionOffset{entry.partition, entry.offset,
                                      std::string(static_cast<const char*>(entry.metadata), entry.metadata_size)});
  }
  return offsets;
}

}  // namespace cdiscount::kafka
