#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace cdiscount::settings {
class Table;
}

namespace cdiscount::kafka {

/// How a process reaches the cluster.
struct KafkaOptions {
  std::string bootstrap_servers = "127.0.0.1:9092";
  /// Put in front of every topic, group and transactional id ("test1" -> "test1.cdiscount.order.events.v1"), so that
  /// two installations can share a cluster. Empty = none.
  std::string namespace_prefix = {};
  /// Further properties of librdkafka, for what belongs to the cluster: security.*, sasl.*, ssl.*.
  std::map<std::string, std::string> properties = {};
  /// Lets records and passwords cross a network unencrypted; without it that is for loopback alone.
  bool allow_plaintext = false;

  /// kafka.servers, kafka.namespace, kafka.properties, kafka.allow_plaintext. Validate checks them.
  void Describe(settings::Table& table);
  /// The name as the cluster knows it.
  std::string Prefixed(std::string_view name) const {
    return namespace_prefix.empty() ? std::string(name) : namespace_prefix + "." + std::string(name);
  }
};

/// Fails with kInvalidArgument, naming the property: unknown to librdkafka, not the operator's to set (what
/// exactly-once relies on, such as acks or isolation.level), a value that it refuses, a bootstrap server that is none,
/// a namespace with other characters than letters, digits, '.', '_' and '-', or plain text to another machine. Values
/// that may be secret are not in the message.
Status Validate(const KafkaOptions& options);

}  // namespace cdiscount::kafka
