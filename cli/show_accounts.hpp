#pragma once

#include <cstddef>
#include <string>

#include "cdiscount/auth/v1/account_service.pb.h"
#include "cdiscount/orders/v1/order_query_service.pb.h"
#include "core/clock.hpp"

// What people read about accounts. Every text ends with a newline; `width` as in Table.
namespace cdiscount::cli {

std::string ShowAccounts(const auth::v1::ListAccountsResponse& response, std::size_t width);

/// "Account shop is disabled." with `what` = "is disabled".
std::string ShowChange(const auth::v1::Account& account, const std::string& what);

std::string ShowVerdict(const std::string& account, const auth::v1::VerifyConnectionResponse& response);

std::string ShowSync(const orders::v1::ListSyncStatusResponse& response, SysTime now, std::size_t width);

}  // namespace cdiscount::cli
