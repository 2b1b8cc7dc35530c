#pragma once

#include <string>

#include "core/clock.hpp"

namespace cdiscount::order_ingest {

/// An answer, or a part of one, that cannot be understood.
struct UnreadableOrder {
  std::string order_id;  ///< Empty when not even that could be found.
  std::string reason;
  std::string raw;       ///< Holds personal data: kept encrypted only.
  SysTime window_min{};  ///< The lower bound of the request whose answer it was: where to look again.
};

/// Tries that we make by ourselves to read what was set aside: after 1, 2, ... minutes, about a day in all.
inline constexpr int kMostTries = 50;

}  // namespace cdiscount::order_ingest
