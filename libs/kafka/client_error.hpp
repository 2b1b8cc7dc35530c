#pragma once

#include <librdkafka/rdkafka.h>

#include <string_view>

#include "kafka/error.hpp"

// From librdkafka's errors to ours. Only .cpp files of this library include this.
namespace cdiscount::kafka {

/// `tried` says what was asked of whom: "commit a transaction of <id>".
Error MakeError(std::string_view tried, rd_kafka_resp_err_t code, std::string_view reason = {});

/// The failure of a transactional call. An error that is neither fatal, nor abortable, nor retriable counts as fatal.
Failure MakeFailure(std::string_view tried, const rd_kafka_error_t* error);

}  // namespace cdiscount::kafka
