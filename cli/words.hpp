#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <vector>

#include "cdiscount/orders/v1/order.pb.h"
#include "core/clock.hpp"

// How values are written for people.
namespace cdiscount::cli {

/// "IN_PREPARATION"; all that --status takes, in the order of the contract.
std::string OrderStatusWord(orders::v1::OrderStatus status);
std::vector<std::string> OrderStatusWords();
/// Either case. UNSPECIFIED for an unknown word.
orders::v1::OrderStatus ParseOrderStatus(const std::string& word);

/// "144.99 EUR"; "-" when there is none.
std::string MoneyWord(const orders::v1::Money& money);

/// "2026-10-06T15:30:00Z", without fractions; "-" when it is not set, "no time (253402300800 s)" outside the years 1
/// to 9999.
std::string TimeWord(const google::protobuf::Timestamp& time);
/// "3 s ago", "in 12 s"; else as TimeWord.
std::string AgeWord(const google::protobuf::Timestamp& time, SysTime now);

}  // namespace cdiscount::cli
