#pragma once

#include <string>

#include "core/secret.hpp"

namespace cdiscount::marketplace {

/// For whom a call is made, and with what right.
struct Caller {
  std::string seller_id;      ///< A number as text, "98979".
  std::string sales_channel;  ///< "CDISFR".
  Secret access_token;
  std::string traceparent = {};  ///< W3C; goes out with the call when it is not empty.
};

}  // namespace cdiscount::marketplace
