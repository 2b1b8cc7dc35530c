#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "kafka/handles.hpp"
#include "kafka/options.hpp"

namespace cdiscount::kafka {

using Properties = std::initializer_list<std::pair<const char*, std::string>>;

/// The operator's properties, then ours, which win. Throws BadResult for what Validate would have refused.
ConfHandle MakeConf(const KafkaOptions& options, Properties ours);

/// A client of this configuration, whose log lines and errors go to our log. Throws BadResult (kInvalidArgument: for
/// example a certificate file that cannot be read).
ClientHandle MakeClient(rd_kafka_type_t type, ConfHandle conf);

}  // namespace cdiscount::kafka
