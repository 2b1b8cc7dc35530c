#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "core/clock.hpp"

namespace cdiscount::order_ingest {

inline void Set(google::protobuf::Timestamp* out, SysTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  out->set_seconds(seconds.time_since_epoch().count());
  out->set_nanos(static_cast<std::int32_t>(std::chrono::nanoseconds(time - seconds).count()));
}

}  // namespace cdiscount::order_ingest
