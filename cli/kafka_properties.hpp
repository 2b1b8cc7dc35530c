#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace cdiscount::cli {

/// Properties of librdkafka from a file ("name=value" lines, '#' begins a comment; no file when empty) and from the
/// command line, which wins. Values are read as a service reads its secrets (ReadSecretValue): "file:/path" stands
/// for the content of that file. Fails with kInvalidArgument, without a value in the message.
Result<std::map<std::string, std::string>> ReadKafkaProperties(const std::string& file,
                                                               const std::vector<std::string>& given);

}  // namespace cdiscount::cli
