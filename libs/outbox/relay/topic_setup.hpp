#pragma once

#include <optional>

#include "core/result.hpp"
#include "kafka/admin.hpp"
#include "outbox/relay/check.hpp"
#include "outbox/relay/publisher.hpp"
#include "outbox/relay_options.hpp"
#include "store/session.hpp"

namespace cdiscount::outbox {

/// Gives each topic with rows of its own its place in the progress topic, for ever. Throws StoreError.
ProgressSlots RegisterTopics(store::Session& session, const std::vector<TopicSpec>& topics);

/// Makes the topics that are missing, and the progress topic, and compares what is there with what the outbox relies
/// on. Nothing: all is well. A Stop: a topic does not fit. An error: Kafka could not be asked, or refused.
Result<std::optional<Stop>> EnsureTopics(kafka::Admin& admin, const RelayOptions& options, const ProgressSlots& slots);

}  // namespace cdiscount::outbox
