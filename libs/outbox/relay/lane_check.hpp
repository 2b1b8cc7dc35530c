#pragma once

#include <map>
#include <optional>
#include <stop_token>

#include "kafka/admin.hpp"
#include "outbox/relay/check.hpp"
#include "outbox/relay/lane_store.hpp"
#include "outbox/relay_options.hpp"

namespace cdiscount::outbox {

/// Gathers the facts of every stream of a lane and checks them. Nothing: the lane may publish. An error: the facts
/// could not be had now.
Result<std::optional<Stop>> FindStop(LaneStore& rows, kafka::Admin& admin, const RelayOptions& options,
                                     const std::map<StreamId, StreamState>& streams,
                                     const std::map<StreamId, Progress>& progress, const std::stop_token& stop);

}  // namespace cdiscount::outbox
