#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

// One deleter and one alias per librdkafka type.
namespace cdiscount::kafka {

namespace detail {
template <auto Destroy>
struct Deleter {
  template <class T>
  void operator()(T* handle) const {
    Destroy(handle);
  }
};
}  // namespace detail

/// Ends a client. Waits 10 s for it at most: librdkafka (seen with 2.0.2) loses count of a partition whose topic is
/// deleted while it begins to be read, and rd_kafka_destroy waits for it for ever. What is left then is a few idle
/// threads and their memory, and a log line. Does not throw.
void EndClient(rd_kafka_t* client);

using ConfHandle = std::unique_ptr<rd_kafka_conf_t, detail::Deleter<rd_kafka_conf_destroy>>;
using ClientHandle = std::unique_ptr<rd_kafka_t, detail::Deleter<EndClient>>;
using MessageHandle = std::unique_ptr<rd_kafka_message_t, detail::Deleter<rd_kafka_message_destroy>>;
using HeadersHandle = std::unique_ptr<rd_kafka_headers_t, detail::Deleter<rd_kafka_headers_destroy>>;
using ErrorHandle = std::unique_ptr<rd_kafka_error_t, detail::Deleter<rd_kafka_error_destroy>>;
using PartitionsHandle =
    std::unique_ptr<rd_kafka_topic_partition_list_t, detail::Deleter<rd_kafka_topic_partition_list_destroy>>;
using GroupMetadataHandle =
    std::unique_ptr<rd_kafka_consumer_group_metadata_t, detail::Deleter<rd_kafka_consumer_group_metadata_destroy>>;
using QueueHandle = std::unique_ptr<rd_kafka_queue_t, detail::Deleter<rd_kafka_queue_destroy>>;
using EventHandle = std::unique_ptr<rd_kafka_event_t, detail::Deleter<rd_kafka_event_destroy>>;
using NewTopicHandle = std::unique_ptr<rd_kafka_NewTopic_t, detail::Deleter<rd_kafka_NewTopic_destroy>>;
using AdminOptionsHandle = std::unique_ptr<rd_kafka_AdminOptions_t, detail::Deleter<rd_kafka_AdminOptions_destroy>>;
using ConfigResourceHandle =
    std::unique_ptr<rd_kafka_ConfigResource_t, detail::Deleter<rd_kafka_ConfigResource_destroy>>;

struct MetadataDeleter {
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
};
using MetadataHandle = std::unique_ptr<const rd_kafka_metadata_t, MetadataDeleter>;

}  // namespace cdiscount::kafka
